import fc from 'fast-check';
import {
  getNamedType,
  GraphQLObjectType,
  isAbstractType,
  isInterfaceType,
  isObjectType,
  TypeNameMetaFieldDef,
  type GraphQLAbstractType,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
} from 'graphql';
import { MergeScope } from './merge-scope.ts';

/** A tree of choices: numbers that become what is possible where they stand. */
export interface Choice {
  readonly pick: number;
  readonly alias: number;
  readonly directive: number;
  readonly argument: number;
  readonly below: readonly Choice[];
}

export interface OperationSpec {
  readonly isMutation: boolean;
  readonly fields: readonly Choice[];
  readonly flag: boolean;
  readonly number: number;
}

export interface Operation {
  readonly text: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

const maxDepth = 5;

/** @param depth how many levels there may be below */
function makeChoices(depth: number): fc.Arbitrary<Choice> {
  return fc.record({
    pick: fc.nat(60),
    alias: fc.nat(19),
    directive: fc.nat(19),
    argument: fc.nat(5),
    below: depth === 0 ? fc.constant([]) : fc.array(makeChoices(depth - 1), { maxLength: 4 }),
  });
}

export const operationSpecs: fc.Arbitrary<OperationSpec> = fc.record({
  isMutation: fc.nat(9).map((number) => number === 0),
  fields: fc.array(makeChoices(maxDepth), { minLength: 1, maxLength: 4 }),
  flag: fc.boolean(),
  number: fc.nat(4),
});

/** Names that a gateway might use for itself, or that JavaScript treats specially. */
const hostileAliases = [
  'id',
  'code',
  'f0',
  'f1',
  'r0',
  'extra',
  '__proto__',
  'constructor',
  'a',
  'b',
];

/** Writes a field's arguments, parentheses included; empty for none. */
export type WriteArguments = (field: GraphQLField<unknown, unknown>, choice: Choice) => string;

export interface DeclaredVariable {
  readonly name: string;
  /** As it is declared, with its default. */
  readonly type: string;
  /** Undefined for a variable that is not given. */
  readonly value: unknown;
}

/** How arguments are written, and the variables they use besides `flag`, `shown`, `number` and `id`. */
export interface ArgumentStyle {
  readonly write: WriteArguments;
  readonly variables?: () => readonly DeclaredVariable[];
}

/** Writes an operation that is valid for the schema. */
export function writeOperation(
  schema: GraphQLSchema,
  spec: OperationSpec,
  style: ArgumentStyle = { write: writeRandomArguments },
): Operation {
  const writer = new OperationWriter(schema, style.write);
  const mutation = spec.isMutation ? schema.getMutationType() : undefined;
  const root = mutation ?? schema.getQueryType();
  if (!root) throw new Error('no root type');
  const selection = writer.write({ type: root, scope: new MergeScope(), depth: 0 }, spec.fields);
  const all: readonly DeclaredVariable[] = [
    { name: 'flag', type: 'Boolean!', value: spec.flag },
    { name: 'shown', type: `Boolean = ${spec.number > 2}`, value: undefined },
    { name: 'number', type: 'Int', value: spec.number },
    { name: 'id', type: 'ID!', value: String(spec.number) },
    ...(style.variables?.() ?? []),
  ];
  const written = selection + writer.fragments.join('');
  const declared = all.filter(({ name }) => new RegExp(`\\$${name}\\b`).test(written));
  const header = declared.map(({ name, type }) => `$${name}: ${type}`).join(', ');
  const given = declared.filter(({ value }) => value !== undefined);
  return {
    text: `${mutation ? 'mutation' : 'query'} Q${header && `(${header})`} ${selection}\n${writer.fragments.join('\n')}`,
    variables: Object.fromEntries(given.map(({ name, value }) => [name, value])),
  };
}

/** Where a selection is written. */
interface Spot {
  readonly type: GraphQLNamedType;
  readonly scope: MergeScope;
  readonly depth: number;
}

class OperationWriter {
  readonly fragments: string[] = [];
  readonly #schema: GraphQLSchema;
  readonly #writeArguments: WriteArguments;

  constructor(schema: GraphQLSchema, writeArguments: WriteArguments) {
    this.#schema = schema;
    this.#writeArguments = writeArguments;
  }

  write(spot: Spot, all: readonly Choice[]): string {
    const selections = all.map((choice) => this.#select(spot, choice));
    return `{ ${selections.length === 0 ? '__typename' : selections.join(' ')} }`;
  }

  #select(spot: Spot, choice: Choice): string {
    const { type, depth } = spot;
    // Of every seven choices one is a fragment, where fragments make sense.
    if (depth > 0 && (choice.pick % 7 === 6 || !('getFields' in type))) {
      return this.#fragment(spot, choice);
    }
    const directive = writeDirective(choice);
    if (choice.pick % 11 === 10) {
      const definition = TypeNameMetaFieldDef as GraphQLField<unknown, unknown>;
      const named = writeName(spot, choice, { signature: '__typename', definition });
      return `${named.text}__typename${directive}`;
    }
    const fields = Object.values('getFields' in type ? type.getFields() : {});
    const field = fields[choice.pick % fields.length] as GraphQLField<unknown, unknown>;
    const signature = `${field.name}${this.#writeArguments(field, choice)}`;
    const named = writeName(spot, choice, { signature, definition: field });
    return `${named.text}${signature}${directive}${this.#below(spot, field, { ...choice, named: named.name })}`;
  }

  #below(
    { scope, depth }: Spot,
    field: GraphQLField<unknown, unknown>,
    { below, named }: Choice & { readonly named: string },
  ): string {
    const type = getNamedType(field.type);
    if (!isObjectType(type) && !isAbstractType(type)) return '';
    const spot = { type, scope: scope.below(named), depth: depth + 1 };
    return this.write(spot, depth >= maxDepth ? [] : below);
  }

  #fragment({ type, scope, depth }: Spot, choice: Choice): string {
    const directive = writeDirective(choice);
    const conditions = this.#conditions(type);
    const condition = conditions[choice.pick % conditions.length];
    if (!condition) return '__typename';
    const spot = { type: condition, scope, depth: depth + 1 };
    const selection = this.write(spot, depth >= maxDepth ? [] : choice.below);
    if (choice.alias % 2 === 0) return `... on ${condition.name}${directive} ${selection}`;
    const name = `F${this.fragments.length}`;
    this.fragments.push(`fragment ${name} on ${condition.name} ${selection}`);
    return `...${name}${directive}`;
  }

  /** Types a fragment may be on: the type itself, what it can be, and what it is. */
  #conditions(type: GraphQLNamedType): readonly GraphQLNamedType[] {
    if (isAbstractType(type)) {
      const members = this.#schema.getPossibleTypes(type);
      return [...members, type, ...this.#overlapping(type, members)];
    }
    return type instanceof GraphQLObjectType
      ? [type, ...type.getInterfaces().filter(isInterfaceType)]
      : [];
  }

  /** The other interfaces and unions that share a type with this one. */
  #overlapping(
    type: GraphQLAbstractType,
    members: readonly GraphQLObjectType[],
  ): readonly GraphQLNamedType[] {
    return Object.values(this.#schema.getTypeMap()).filter(
      (other) =>
        other !== type &&
        isAbstractType(other) &&
        members.some((member) => this.#schema.isSubType(other, member)),
    );
  }
}

/** The response name, and as text: nothing where it is the field's own name. */
function writeName(
  { type, scope }: Spot,
  { alias }: Choice,
  field: { readonly signature: string; readonly definition: GraphQLField<unknown, unknown> },
): { readonly name: string; readonly text: string } {
  const name = scope.claim(hostileAliases[alias] ?? field.definition.name, type, field);
  return { name, text: name === field.definition.name ? '' : `${name}: ` };
}

const directives = [
  '',
  ' @include(if: $flag)',
  ' @skip(if: $flag)',
  ' @include(if: true)',
  ' @skip(if: true)',
  ' @include(if: $shown)',
  ' @skip(if: $flag) @include(if: $shown)',
];

function writeDirective({ directive }: Choice): string {
  return directives[directive] ?? '';
}

function writeRandomArguments(field: GraphQLField<unknown, unknown>, { argument }: Choice): string {
  const given = field.args.flatMap(({ name }) => {
    if (name === 'id') return [`id: ${argument % 2 === 0 ? '$id' : `"${argument}"`}`];
    if (name === 'text') return field.args.length === 1 ? [`text: "${argument}"`] : [];
    return [[], ['x: $number'], ['x: 1'], ['x: 5'], ['x: null'], []][argument] ?? [];
  });
  return given.length === 0 ? '' : `(${given.join(', ')})`;
}
