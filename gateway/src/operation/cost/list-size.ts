import { Kind, valueFromAST, type FieldNode, type GraphQLField, type ValueNode } from 'graphql';
import { GatewayError } from '../../errors.ts';
import type { CoercedVariables } from '../coerce-variables.ts';
import { saturate } from './operation-cost.ts';
import type { ListSize } from './read-cost-table.ts';

/** A number, or how it follows from the variables. */
export type Amount = number | ((variables: CoercedVariables) => number);

export type AnyField = GraphQLField<unknown, unknown>;

export function amountOf(amount: Amount, variables: CoercedVariables): number {
  return typeof amount === 'number' ? amount : amount(variables);
}

/** One slicing argument of one field of an operation. */
interface Slice {
  /** The number, where the client gave one. */
  read(variables: CoercedVariables): number | undefined;
  readonly isDynamic: boolean;
  /** What the schema says it is when nobody gives it. */
  readonly fallback: number | undefined;
}

/** How many items a list field is taken to return, by its slicing arguments, its assumed size, or the default. */
export function compileListSize(
  field: FieldNode,
  definition: AnyField,
  rule: ListSize,
  defaultSize: number,
): Amount {
  const slices = rule.slicingArguments.map((name) => compileSlice(field, definition, name));
  const fallbacks = slices.flatMap(({ fallback }) => (fallback === undefined ? [] : [fallback]));

  function size(variables: CoercedVariables): number {
    const given = slices.flatMap((slice) => slice.read(variables) ?? []);
    const isUnclear = given.length > 1 || (given.length === 0 && fallbacks.length === 0);
    if (rule.requireOneSlicingArgument && isUnclear) throw unclear(field, rule);
    const known = given.length > 0 ? given : fallbacks;
    return saturate(known.length > 0 ? Math.max(...known) : (rule.assumedSize ?? defaultSize));
  }
  // What is unclear is said when the operation is asked, not while it is compiled.
  const isFixed = slices.every(({ isDynamic }) => !isDynamic) && !rule.requireOneSlicingArgument;
  if (isFixed) return size({});
  return size;
}

function unclear(field: FieldNode, { slicingArguments }: ListSize): GatewayError {
  const names = slicingArguments.map((name) => `"${name}"`).join(', ');
  return new GatewayError(
    'BAD_USER_INPUT',
    `The field "${field.name.value}" must be given exactly one of ${names}, to say how many items it may return.`,
  );
}

function compileSlice(field: FieldNode, definition: AnyField, name: string): Slice {
  const argument = definition.args.find((each) => each.name === name);
  const node = field.arguments?.find((each) => each.name.value === name)?.value;
  const fallback = argument && toSize(argument.defaultValue);
  if (!argument || !node) return { read: () => undefined, isDynamic: false, fallback };
  const read = (variables: CoercedVariables): number | undefined =>
    toSize(valueFromAST(node, argument.type, variables));
  return { read, isDynamic: holdsVariable(node), fallback };
}

function toSize(value: unknown): number | undefined {
  return typeof value === 'number' ? saturate(value) : undefined;
}

export function holdsVariable(node: ValueNode): boolean {
  if (node.kind === Kind.VARIABLE) return true;
  if (node.kind === Kind.LIST) return node.values.some(holdsVariable);
  return node.kind === Kind.OBJECT && node.fields.some(({ value }) => holdsVariable(value));
}
