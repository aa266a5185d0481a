import { Kind, valueFromASTUntyped, type SelectionSetNode, type TypeNode } from 'graphql';
import { hashPlace, makeValue } from '../seeded-value.ts';
import type { Told } from './field-sets.ts';
import { eachIn, isAbstract, once, readTold } from './read-told.ts';
import { bare, type WholeField, type WrittenTypes } from './written-types.ts';

/** An object of the graph: what it is says all its values. */
export interface WrittenObject {
  /** What the schema at hand calls it. */
  readonly __typename: string;
  readonly type: string;
  /** Of an entity its number; of others the place where they stand. */
  readonly id: string;
  /** The object it was reached from. */
  readonly parent: WrittenObject | undefined;
  /** What a representation told. */
  readonly brought?: Readonly<Record<string, unknown>>;
}

type Arguments = Readonly<Record<string, unknown>>;
interface FieldPlace {
  readonly object: WrittenObject;
  readonly name: string;
  readonly field: WholeField;
  readonly salt: object;
}

/** Fields that are asked of an object without telling what they are computed from. */
export type Complain = (problem: string) => void;

/** All values of a graph: they depend on their place alone, so every subgraph agrees with the whole. */
export class WrittenValues {
  readonly types: WrittenTypes;
  readonly #seed: number;

  constructor(types: WrittenTypes, seed: number) {
    this.types = types;
    this.#seed = seed;
  }

  /** The value of a field of the whole graph, where nobody is told anything. */
  whole(object: WrittenObject, name: string, given: Arguments): unknown {
    const field = this.types.field(object.type, name);
    const around = field.fromContext.map(({ argument, context, set }) => {
      return [argument, this.#fromContext(object, context, set)] as const;
    });
    return this.#make(object, name, {
      field,
      given: { ...given, ...Object.fromEntries(around) },
      told: field.requires && this.tell(object, field.requires),
    });
  }

  /** The value of a field in a subgraph that knows it from itself. */
  untold(object: WrittenObject, name: string, given: Arguments): unknown {
    const field = this.types.field(object.type, name);
    const told = field.requires && this.tell(object, field.requires);
    return this.#make(object, name, { field, given, told });
  }

  /** The value of a field that a subgraph computes from what it is told. */
  told(object: WrittenObject, name: string, given: Arguments, complain: Complain): unknown {
    const field = this.types.field(object.type, name);
    if (!object.brought || !field.requires) {
      complain(`${object.type}.${name} is asked for, and nothing was told`);
      return this.untold(object, name, given);
    }
    const isAny = isAbstract(field.requires);
    const told = readTold(object.brought, field.requires, (missing) => {
      if (!isAny) complain(`${object.type}.${name} is not told ${missing}`);
    });
    return this.#make(object, name, { field, given, told });
  }

  /** What a field set is for an object. */
  tell(object: WrittenObject, set: SelectionSetNode): Told {
    const all = set.selections.flatMap((selection): Told => {
      if (selection.kind === Kind.FRAGMENT_SPREAD) return [];
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        const on = selection.typeCondition?.name.value ?? object.type;
        const fits = on === object.type || this.types.membersOf(on).includes(object.type);
        return fits ? this.tell(object, selection.selectionSet) : [];
      }
      const name = selection.name.value;
      if (name === '__typename') return [];
      const given = Object.fromEntries(
        (selection.arguments ?? []).map((each) => [
          each.name.value,
          valueFromASTUntyped(each.value),
        ]),
      );
      const value = this.whole(object, name, given);
      const below = selection.selectionSet;
      return [
        [name, below ? eachIn(value, (one) => this.tell(one as WrittenObject, below)) : value],
      ];
    });
    return once(all);
  }

  #fromContext(object: WrittenObject, context: string, set: SelectionSetNode): unknown {
    for (let around = object.parent; around; around = around.parent) {
      if (!this.#sets(around.type, context)) continue;
      return leafOf(this.tell(around, set), set);
    }
    return undefined;
  }

  #sets(typeName: string, context: string): boolean {
    return this.types.subgraphs.some(({ types }) =>
      [...types.values()].some(
        (each) =>
          each.contexts.includes(context) &&
          (each.name === typeName || this.types.membersOf(each.name).includes(typeName)),
      ),
    );
  }

  #make(
    object: WrittenObject,
    name: string,
    how: { readonly field: WholeField; readonly given: Arguments; readonly told: Told | undefined },
  ): unknown {
    const { field, given, told } = how;
    const contextual = field.fromContext.map((each) => each.argument);
    const known = Object.entries(given)
      .filter(
        ([key, value]) => value !== undefined && [...field.arguments, ...contextual].includes(key),
      )
      .sort(([one], [other]) => (one < other ? -1 : 1));
    const salt = { ...(known.length > 0 ? { known } : {}), ...(told ? { told } : {}) };
    const place = { object, name, field, salt };
    if (field.mayFail && !field.isKey && field.leadsTo.length === 0 && !isRoot(object)) {
      if (this.#hash(place, 11, 'fails') === 0) throw new Error(`boom ${object.type}.${name}`);
    }
    return this.#value(field.type, place, '');
  }

  #value(type: TypeNode, place: FieldPlace, index: string): unknown {
    const { field } = place;
    const inner = bare(type);
    const mayBeNull = inner === type && !field.isKey;
    if (mayBeNull && this.#hash(place, 6, `null${index}`) === 0) return null;
    if (inner.kind === Kind.LIST_TYPE) {
      const length = this.#hash(place, 4, `length${index}`);
      return Array.from({ length }, (_, at) => this.#value(inner.type, place, `${index}.${at}`));
    }
    if (field.leadsTo.length > 0) return this.#object(place, index);
    if (field.isKey) return this.#keyValue(place, field.returns);
    if (field.values.length > 0) return pick(field.values, this.#hash(place, 1e6, index));
    if (!builtIn.has(field.returns)) return pick(customValues, this.#hash(place, 1e6, index));
    if (field.returns === 'String' && field.requires) return JSON.stringify(place.salt);
    return makeValue(`${field.returns}!`, this.#placeOf(place, index));
  }

  /** Key values tell objects apart. */
  #keyValue({ object, name }: FieldPlace, type: string): unknown {
    if (type === 'Int') {
      return Number.isNaN(Number(object.id))
        ? hashPlace({ seed: 0, type: object.type, id: object.id, field: name }, 2 ** 31)
        : Number(object.id) * 7 + 1;
    }
    const family = this.types.familyOf(object.type);
    return `${name}:${family}:${object.id}`;
  }

  #object(place: FieldPlace, index: string): WrittenObject {
    const { object, name, field, salt } = place;
    const type = pick(field.leadsTo, this.#hash(place, 1e6, `type${index}`));
    const made = { __typename: type, type, parent: object };
    if (!this.types.isEntity(type)) {
      const rest = Object.keys(salt).length > 0 ? JSON.stringify(salt) : '';
      return { ...made, id: `${object.type}/${object.id}/${name}${index}${rest}` };
    }
    const ids = this.types.idsOf(type);
    // An entity in a key of another: each has its own.
    const at = field.isKey
      ? this.types.idsOf(object.type).indexOf(object.id)
      : this.#hash(place, 1e6, `id${index}`);
    return { ...made, id: pick(ids, at) };
  }

  #placeOf({ object, name, salt }: FieldPlace, index: string): Parameters<typeof hashPlace>[0] {
    return {
      seed: this.#seed,
      type: this.types.isEntity(object.type) ? this.types.familyOf(object.type) : object.type,
      id: object.id,
      field: `${name}${index}`,
      arguments: salt,
    };
  }

  #hash(place: FieldPlace, below: number, purpose: string): number {
    return hashPlace(this.#placeOf(place, ''), below, purpose);
  }
}

const builtIn = new Set(['Int', 'Float', 'String', 'Boolean', 'ID']);
const customValues = ['text', 12, 0.5, false, { a: [1, null], b: {} }, [1, 'x', [null]], ''];

function isRoot({ type }: WrittenObject): boolean {
  return type === 'Query' || type === 'Mutation';
}

function pick<Item>(items: readonly Item[], at: number): Item {
  if (items.length === 0) throw new Error('nothing to pick from');
  return items[at % items.length] as Item;
}

/** The only leaf of a field set. */
function leafOf(told: Told, set: SelectionSetNode): unknown {
  const [[name, value] = []] = told;
  const below = selectionsOf(set, name);
  return below && Array.isArray(value) ? leafOf(value as unknown as Told, below) : value;
}

function selectionsOf(set: SelectionSetNode, name?: string): SelectionSetNode | undefined {
  for (const each of set.selections) {
    if (each.kind === Kind.FIELD && each.name.value === name) return each.selectionSet;
    if (each.kind !== Kind.INLINE_FRAGMENT) continue;
    const below = selectionsOf(each.selectionSet, name);
    if (below) return below;
  }
  return undefined;
}
