import type { SelectionSetNode, TypeNode } from 'graphql';
import { Kind } from 'graphql';
import { leavesOf } from './field-sets.ts';
import type { ContextSketch, FieldSketch, SubgraphSketch, TypeSketch } from './sketch.ts';

/** A field as all subgraphs together have it. */
export interface WholeField {
  /** With every `!` that any subgraph writes. */
  readonly type: TypeNode;
  readonly returns: string;
  /** Object types that every subgraph with this field can lead to; empty for leaves. */
  readonly leadsTo: readonly string[];
  /** Values that every subgraph with this field knows: of enums. */
  readonly values: readonly string[];
  /** Arguments that every subgraph knows. */
  readonly arguments: readonly string[];
  readonly requires: SelectionSetNode | undefined;
  readonly fromContext: readonly ContextSketch[];
  /** Whether equal subgraphs agree where it may be null: only then may it fail. */
  readonly mayFail: boolean;
  /** Whether it stands in a key: its values tell objects apart. */
  readonly isKey: boolean;
}

/** How many entities of each type there are. */
export const entitiesPerType = 4;

/** What the subgraphs of a graph say together about its types. */
export class WrittenTypes {
  readonly subgraphs: readonly SubgraphSketch[];
  readonly #fields = new Map<string, WholeField | undefined>();
  readonly #keyFields = new Set<string>();
  readonly #inputs = new Set<string>();
  /**
   * What fails in a subgraph nulls more there than in the whole: some subgraph writes a `!` where another writes none, or asks
   * all types behind an interface for what one of them is asked (`@interfaceObject`).
   */
  readonly #isUneven: boolean;

  constructor(subgraphs: readonly SubgraphSketch[]) {
    this.subgraphs = subgraphs;
    this.#isUneven = this.#all().some((type) => type.isInterfaceObject) || this.#areUneven();
    for (const type of this.#all()) {
      for (const key of type.keys) {
        this.#noteSet(type.name, key, this.#keyFields);
      }
      for (const { requires, fromContext } of type.fields.values()) {
        for (const set of [requires, ...fromContext.map((each) => each.set)]) {
          for (const path of set ? leavesOf(set) : []) {
            for (const name of path.split('.')) this.#inputs.add(name);
          }
        }
      }
    }
  }

  #all(): readonly TypeSketch[] {
    return this.subgraphs.flatMap(({ types }) => [...types.values()]);
  }

  #areUneven(): boolean {
    const written = new Map<string, string>();
    return this.#all().some((type) =>
      [...type.fields.values()].some((field) => {
        const key = `${type.name}.${field.name}`;
        const known = written.get(key);
        written.set(key, writeType(field.type));
        return known !== undefined && known !== writeType(field.type);
      }),
    );
  }

  #noteSet(typeName: string, set: SelectionSetNode, noted: Set<string>): void {
    for (const selection of set.selections) {
      if (selection.kind !== Kind.FIELD) continue;
      const name = selection.name.value;
      for (const each of [typeName, ...this.membersOf(typeName)]) noted.add(`${each}.${name}`);
      const below = this.#all()
        .find((each) => each.name === typeName)
        ?.fields.get(name);
      if (selection.selectionSet && below) {
        this.#noteSet(nameOf(below.type), selection.selectionSet, noted);
      }
    }
  }

  isEntity(typeName: string): boolean {
    return this.#all().some(
      (each) =>
        each.keys.length > 0 &&
        (each.name === typeName ||
          (each.kind !== 'object' && this.membersOf(each.name).includes(typeName))),
    );
  }

  /** Object types that implement an interface or belong to a union, in any subgraph. */
  membersOf(typeName: string): readonly string[] {
    const found = this.#all().flatMap((each) => {
      if (each.kind === 'object' && each.interfaces.includes(typeName)) return [each.name];
      return each.kind === 'union' && each.name === typeName ? each.members : [];
    });
    return [...new Set(found)].sort();
  }

  /** The interface through which entities of several types are found by one key; the type itself where there is none. */
  familyOf(typeName: string): string {
    const above = this.#all().find(
      (each) =>
        each.keys.length > 0 &&
        (each.kind === 'interface' || each.isInterfaceObject) &&
        this.membersOf(each.name).includes(typeName),
    );
    return above?.name ?? typeName;
  }

  /** Ids of the entities of a type: types of one family have different ones. */
  idsOf(typeName: string): readonly string[] {
    const family = this.familyOf(typeName);
    if (family === typeName && this.membersOf(typeName).length > 0) {
      return this.membersOf(typeName).flatMap((each) => this.idsOf(each));
    }
    const members = family === typeName ? [typeName] : this.membersOf(family);
    const first = members.indexOf(typeName);
    return Array.from({ length: entitiesPerType }, (_, at) => String(first + at * members.length));
  }

  /** Which type an entity has that was found as one of a type. */
  typeOf(typeName: string, id: string): string {
    const members = this.membersOf(typeName);
    return members.length === 0 ? typeName : (members[Number(id) % members.length] ?? typeName);
  }

  /** What a subgraph calls objects of a type; undefined where it does not know them. */
  localName(subgraph: SubgraphSketch, typeName: string): string | undefined {
    if (subgraph.types.has(typeName)) return typeName;
    return [...subgraph.types.values()].find(
      (each) => each.isInterfaceObject && this.membersOf(each.name).includes(typeName),
    )?.name;
  }

  field(typeName: string, name: string): WholeField {
    const key = `${typeName}.${name}`;
    let field = this.#fields.get(key);
    if (!field) this.#fields.set(key, (field = this.#makeField(typeName, name)));
    return field;
  }

  #makeField(typeName: string, name: string): WholeField {
    const all = this.subgraphs.flatMap((subgraph) => {
      const local = subgraph.types.get(this.localName(subgraph, typeName) ?? '');
      const above = [...subgraph.types.values()].filter(
        (each) => each.isInterfaceObject && this.membersOf(each.name).includes(typeName),
      );
      return [local, ...above].flatMap((each) => {
        const field = each?.fields.get(name);
        return field ? [{ subgraph, field }] : [];
      });
    });
    const own = all.filter(({ field }) => !field.isExternal);
    const sources = own.length > 0 ? own : all;
    const [first] = sources;
    if (!first) throw new Error(`${typeName} has no field ${name}`);
    const returns = nameOf(first.field.type);
    const types = new Set(sources.map(({ field }) => writeType(field.type)));
    const isNonNull = first.field.type.kind === Kind.NON_NULL_TYPE;
    return {
      type: sources.map(({ field }) => field.type).reduce(strictest),
      returns,
      leadsTo: intersect(sources.map(({ subgraph, field }) => this.#leadsTo(subgraph, field))),
      values: intersect(sources.map(({ subgraph }) => subgraph.types.get(returns)?.values ?? [])),
      arguments: intersect(sources.map(({ field }) => field.arguments)),
      requires: sources.find(({ field }) => field.requires)?.field.requires,
      fromContext: sources.flatMap(({ field }) => field.fromContext),
      mayFail: types.size === 1 && !this.#inputs.has(name) && !(this.#isUneven && isNonNull),
      isKey: this.#keyFields.has(`${typeName}.${name}`),
    };
  }

  #leadsTo(subgraph: SubgraphSketch, { type }: FieldSketch): readonly string[] {
    const local = subgraph.types.get(nameOf(type));
    if (!local || local.kind === 'enum' || local.kind === 'other') return [];
    if (local.isInterfaceObject) return this.membersOf(local.name);
    if (local.kind === 'object') return [local.name];
    if (local.kind === 'union') return local.members;
    return [...subgraph.types.values()]
      .filter((each) => each.kind === 'object' && each.interfaces.includes(local.name))
      .flatMap((each) => (each.isInterfaceObject ? this.membersOf(each.name) : [each.name]));
  }
}

export function nameOf(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : nameOf(type.type);
}

function writeType(type: TypeNode): string {
  if (type.kind === Kind.NON_NULL_TYPE) return `${writeType(type.type)}!`;
  return type.kind === Kind.LIST_TYPE ? `[${writeType(type.type)}]` : type.name.value;
}

function strictest(one: TypeNode, other: TypeNode): TypeNode {
  const isNonNull = one.kind === Kind.NON_NULL_TYPE || other.kind === Kind.NON_NULL_TYPE;
  const [bareOne, bareOther] = [bare(one), bare(other)];
  const both =
    bareOne.kind === Kind.LIST_TYPE && bareOther.kind === Kind.LIST_TYPE
      ? { ...bareOne, type: strictest(bareOne.type, bareOther.type) }
      : bareOne;
  return isNonNull ? { kind: Kind.NON_NULL_TYPE, type: both } : both;
}

export function bare(type: TypeNode): Exclude<TypeNode, { kind: Kind.NON_NULL_TYPE }> {
  return type.kind === Kind.NON_NULL_TYPE ? type.type : type;
}

function intersect(lists: readonly (readonly string[])[]): readonly string[] {
  const [first = [], ...rest] = lists;
  return first.filter((each) => rest.every((list) => list.includes(each)));
}
