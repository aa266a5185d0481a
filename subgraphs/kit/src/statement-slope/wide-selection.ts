import {
  getNamedType,
  getNullableType,
  isAbstractType,
  isLeafType,
  isListType,
  isObjectType,
  isRequiredArgument,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
} from 'graphql';
import { formatArgument } from './format-argument.ts';

/** Arguments by `Type.field`: for required ones, and for those that would change little or nothing by themselves. */
export type FieldArguments = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export interface SelectionOptions {
  readonly schema: GraphQLSchema;
  /** `Type.field` of what must not be asked. */
  readonly left: ReadonlySet<string>;
  readonly arguments: FieldArguments;
  /** `Type.field` of each field that cannot be asked, because a required argument is unknown. Grows. */
  readonly unknown: Set<string>;
}

/** Lists below the first are cut off here, so that answers stay small: rows grow with their parents. */
const nestedListSize = 3;

/**
 * Selects all that can be reached from a type: every leaf, and composite fields down to a depth. Edges and nodes of a
 * connection do not count as a step.
 */
export function selectWidely(
  type: GraphQLNamedType,
  depth: number,
  options: SelectionOptions,
): string {
  if (isObjectType(type)) return selectFields(type, depth, options, '');
  if (!isAbstractType(type)) return '';
  // Fields of different types may share a name but not a type: an alias per type keeps them apart.
  const fragments = options.schema
    .getPossibleTypes(type)
    .map((each) => `... on ${each.name} ${selectFields(each, depth, options, `${each.name}__`)}`);
  return `{ __typename ${fragments.join(' ')} }`;
}

/** Selects the named fields of a type, and all that can be reached from them. */
export function selectNamed(
  type: GraphQLObjectType,
  names: readonly string[],
  options: SelectionOptions,
): string {
  const fields = names.flatMap((name) => {
    const field = type.getFields()[name];
    if (!field) return [];
    const given = writeArguments(`${type.name}.${name}`, field, options);
    const fieldType = getNamedType(field.type);
    const selection = isLeafType(fieldType) ? '' : selectWidely(fieldType, 1, options);
    return given === undefined ? [] : [`${name}${given}${selection}`];
  });
  return `{ __typename ${fields.join(' ')} }`;
}

function selectFields(
  type: GraphQLObjectType,
  depth: number,
  options: SelectionOptions,
  aliasPrefix: string,
): string {
  const isWrapper = isConnectionPart(type);
  const selected = Object.values(type.getFields()).flatMap((field) => {
    const coordinate = `${type.name}.${field.name}`;
    if (field.name.startsWith('_') || options.left.has(coordinate)) return [];
    const fieldType = getNamedType(field.type);
    const isLeaf = isLeafType(fieldType);
    const left = isWrapper || isLeaf ? depth : depth - 1;
    // `nodes` gives what `edges` gives: its own leaves are enough.
    const below = isWrapper && field.name === 'nodes' ? 0 : left;
    if (!isLeaf && left < 0) return [];
    const given = writeArguments(coordinate, field, options);
    if (given === undefined) return [];
    const alias = aliasPrefix === '' ? '' : `${aliasPrefix}${field.name}: `;
    const selection = isLeaf ? '' : selectWidely(fieldType, below, options);
    return [`${alias}${field.name}${given}${selection}`];
  });
  return `{ __typename ${selected.join(' ')} }`;
}

/** Whether a type only carries the rows of a list (GraphQL cursor connections specification §2). */
export function isConnectionPart(type: GraphQLNamedType): boolean {
  return isConnection(type) || (isObjectType(type) && 'cursor' in type.getFields());
}

export function isConnection(type: GraphQLNamedType): boolean {
  return isObjectType(type) && 'edges' in type.getFields() && 'pageInfo' in type.getFields();
}

export function isList(type: GraphQLOutputType): boolean {
  return isListType(getNullableType(type));
}

/** Writes the arguments of a field below the first list; undefined when a required one is unknown. */
export function writeArguments(
  coordinate: string,
  field: GraphQLField<unknown, unknown>,
  options: SelectionOptions,
  own: Readonly<Record<string, unknown>> = { first: nestedListSize },
): string | undefined {
  const given = { ...own, ...options.arguments[coordinate] };
  const missing = field.args.find((each) => isRequiredArgument(each) && !(each.name in given));
  if (missing) {
    options.unknown.add(`${coordinate}(${missing.name}:)`);
    return undefined;
  }
  const written = field.args
    .filter((argument) => argument.name in given)
    .map((argument) => `${argument.name}: ${formatArgument(given[argument.name], argument.type)}`);
  return written.length === 0 ? '' : `(${written.join(', ')})`;
}
