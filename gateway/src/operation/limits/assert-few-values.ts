import {
  getNamedType,
  isInputObjectType,
  isListType,
  isNonNullType,
  type GraphQLInputObjectType,
  type GraphQLInputType,
} from 'graphql';
import { GatewayError } from '../../errors.ts';

/** A list or an object takes as much memory, and time to copy and collect, as some four plain values. */
export const containerWeight = 4;

/** How many values may still come. */
export interface ValueBudget {
  readonly max: number;
  left: number;
}

interface InputShape {
  readonly fieldCount: number;
  /** Fields that may hold further input objects. */
  readonly nested: readonly (readonly [name: string, type: GraphQLInputType])[];
}

const shapes = new WeakMap<GraphQLInputObjectType, InputShape>();

/**
 * Counts the fields of the input objects within a value, before it is coerced: coercing looks at every field that a type
 * has, so that 300,000 times `{}` for a type of thirty fields takes seconds. Values that nest deeper than the stack must
 * have been refused before.
 * @throws GatewayError MAX_INPUT_VALUES_LIMIT
 */
export function assertFewValues(value: unknown, type: GraphQLInputType, budget: ValueBudget): void {
  if (!isInputObjectType(getNamedType(type))) return;
  count(value, type, budget);
}

function count(value: unknown, type: GraphQLInputType, budget: ValueBudget): void {
  if (typeof value !== 'object' || value === null) return;
  if (isNonNullType(type)) count(value, type.ofType, budget);
  else if (isListType(type)) {
    const itemType: GraphQLInputType = type.ofType;
    if (!Array.isArray(value)) count(value, itemType, budget);
    else for (const item of value as unknown[]) count(item, itemType, budget);
  } else if (isInputObjectType(type)) {
    const { fieldCount, nested } = shapeOf(type);
    spend(budget, fieldCount);
    for (const [name, fieldType] of nested) {
      if (Object.hasOwn(value, name)) {
        count((value as Readonly<Record<string, unknown>>)[name], fieldType, budget);
      }
    }
  }
}

/** @throws GatewayError MAX_INPUT_VALUES_LIMIT */
export function spend(budget: ValueBudget, values: number): void {
  budget.left -= values;
  if (budget.left >= 0) return;
  throw new GatewayError(
    'MAX_INPUT_VALUES_LIMIT',
    `The variables hold more than ${budget.max} values. Send less at once.`,
  );
}

function shapeOf(type: GraphQLInputObjectType): InputShape {
  let shape = shapes.get(type);
  if (!shape) {
    const fields = Object.values(type.getFields());
    const nested = fields.filter((field) => isInputObjectType(getNamedType(field.type)));
    shape = {
      fieldCount: fields.length,
      nested: nested.map(({ name, type: fieldType }) => [name, fieldType]),
    };
    shapes.set(type, shape);
  }
  return shape;
}
