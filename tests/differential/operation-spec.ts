import fc from 'fast-check';
import {
  getNamedType,
  GraphQLObjectType,
  isAbstractType,
  isInterfaceType,
  isObjectType,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
} from 'graphql';

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

/** Writes an operation that is valid for the schema but perhaps for fields that cannot be merged. */
export function writeOperation(
  schema: GraphQLSchema,
  spec: OperationSpec,
  options: { readonly hasAliases: boolean },
): Operation {
  const writer = new OperationWriter(schema, options.hasAliases);
  const root = spec.isMutation ? schema.getMutationType() : schema.getQueryType();
  if (!root) throw new Error('no root type');
  const selection = writer.write(root, spec.fields, 0);
  const declared = [
    ['flag', 'Boolean!'],
    ['number', 'Int'],
    ['id', 'ID!'],
  ].filter(([name]) => new RegExp(`\\$${name}\\b`).test(selection + writer.fragments.join('')));
  const header = declared.map(([name, type]) => `$${name}: ${type}`).join(', ');
  const values = { flag: spec.flag, number: spec.number, id: String(spec.number) };
  return {
    text: `${spec.isMutation ? 'mutation' : 'query'} Q${header && `(${header})`} ${selection}\n${writer.fragments.join('\n')}`,
    variables: Object.fromEntries(
      declared.map(([name = '']) => [name, values[name as keyof typeof values]]),
    ),
  };
}

class OperationWriter {
  readonly fragments: string[] = [];
  readonly #schema: GraphQLSchema;
  readonly #hasAliases: boolean;

  constructor(schema: GraphQLSchema, hasAliases: boolean) {
    this.#schema = schema;
    this.#hasAliases = hasAliases;
  }

  write(type: GraphQLNamedType, all: readonly Choice[], depth: number): string {
    const selections = all.map((choice) => this.#select(type, choice, depth));
    return `{ ${selections.length === 0 ? '__typename' : selections.join(' ')} }`;
  }

  #select(type: GraphQLNamedType, choice: Choice, depth: number): string {
    const directive = this.#directive(choice);
    // Of every seven choices one is a fragment, where fragments make sense.
    if (depth > 0 && (choice.pick % 7 === 6 || !('getFields' in type))) {
      return this.#fragment(type, choice, { depth, directive });
    }
    if (choice.pick % 11 === 10) return `${this.#alias(choice)}__typename${directive}`;
    const fields = Object.values('getFields' in type ? type.getFields() : {});
    const field = fields[choice.pick % fields.length] as GraphQLField<unknown, unknown>;
    return `${this.#alias(choice)}${field.name}${writeArguments(field, choice)}${directive}${this.#below(field, choice, depth)}`;
  }

  #below(field: GraphQLField<unknown, unknown>, choice: Choice, depth: number): string {
    const type = getNamedType(field.type);
    if (!isObjectType(type) && !isAbstractType(type)) return '';
    return this.write(type, depth >= maxDepth ? [] : choice.below, depth + 1);
  }

  #fragment(
    type: GraphQLNamedType,
    choice: Choice,
    { depth, directive }: { readonly depth: number; readonly directive: string },
  ): string {
    const conditions = this.#conditions(type);
    const condition = conditions[choice.pick % conditions.length];
    if (!condition) return '__typename';
    const selection = this.write(condition, depth >= maxDepth ? [] : choice.below, depth + 1);
    if (choice.alias % 2 === 0) return `... on ${condition.name}${directive} ${selection}`;
    const name = `F${this.fragments.length}`;
    this.fragments.push(`fragment ${name} on ${condition.name} ${selection}`);
    return `...${name}${directive}`;
  }

  /** Types a fragment may be on: the type itself, what it can be, and what it is. */
  #conditions(type: GraphQLNamedType): readonly GraphQLNamedType[] {
    if (isAbstractType(type)) {
      const item = this.#schema.getType('Item');
      return [...this.#schema.getPossibleTypes(type), type, ...(item ? [item] : [])];
    }
    return type instanceof GraphQLObjectType
      ? [type, ...type.getInterfaces().filter(isInterfaceType)]
      : [];
  }

  #alias({ alias }: Choice): string {
    return this.#hasAliases && alias < hostileAliases.length ? `${hostileAliases[alias]}: ` : '';
  }

  #directive({ directive }: Choice): string {
    return (
      ['', ' @include(if: $flag)', ' @skip(if: $flag)', ' @include(if: true)', ' @skip(if: true)'][
        directive
      ] ?? ''
    );
  }
}

function writeArguments(field: GraphQLField<unknown, unknown>, { argument }: Choice): string {
  const given = field.args.flatMap(({ name }) => {
    if (name === 'id') return [`id: ${argument % 2 === 0 ? '$id' : `"${argument}"`}`];
    if (name === 'text') return field.args.length === 1 ? [`text: "${argument}"`] : [];
    return [[], ['x: $number'], ['x: 1'], ['x: 5'], ['x: null'], []][argument] ?? [];
  });
  return given.length === 0 ? '' : `(${given.join(', ')})`;
}
