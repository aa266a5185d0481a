import {
  getNamedType,
  isInputObjectType,
  isListType,
  isNonNullType,
  valueFromAST,
  type FieldNode,
  type GraphQLInputType,
} from 'graphql';
import type { CoercedVariables } from '../coerce-variables.ts';
import { amountOf, holdsVariable, type Amount, type AnyField } from './list-size.ts';
import { saturate } from './operation-cost.ts';
import type { CostTable } from './read-cost-table.ts';

/** What the arguments of one field cost: weights of arguments and input fields, 1 for each input object. */
export function compileArgumentCost(
  field: FieldNode,
  definition: AnyField,
  coordinate: string,
  table: CostTable,
): Amount {
  const parts = (field.arguments ?? []).flatMap((node): Amount[] => {
    const argument = definition.args.find(({ name }) => name === node.name.value);
    if (!argument) return [];
    const weight = table.weights.get(`${coordinate}(${argument.name}:)`);
    if (weight === undefined && isFree(argument.type, table)) return [];
    const cost = (variables: CoercedVariables): number => {
      const value: unknown = valueFromAST(node.value, argument.type, variables);
      return valueCost(value, argument.type, { weight, table });
    };
    return [holdsVariable(node.value) ? cost : cost({})];
  });
  if (parts.every((part) => typeof part === 'number')) {
    return parts.reduce<number>((sum, part) => sum + part, 0);
  }
  return (variables) => parts.reduce<number>((sum, part) => sum + amountOf(part, variables), 0);
}

function isFree(type: GraphQLInputType, table: CostTable): boolean {
  const named = getNamedType(type);
  return !isInputObjectType(named) && table.typeWeight(named.name) === 0;
}

interface Weighing {
  /** Of the argument or input field, in place of its type's. */
  readonly weight: number | undefined;
  readonly table: CostTable;
}

function valueCost(value: unknown, type: GraphQLInputType, weighing: Weighing): number {
  if (value === undefined || value === null) return 0;
  if (isNonNullType(type)) return valueCost(value, type.ofType, weighing);
  const { weight, table } = weighing;
  if (isListType(type)) {
    const items = Array.isArray(value) ? (value as readonly unknown[]) : [value];
    return items.reduce<number>(
      (sum, item) => saturate(sum + valueCost(item, type.ofType, weighing)),
      0,
    );
  }
  let cost = weight ?? table.typeWeight(type.name);
  if (isInputObjectType(type) && typeof value === 'object') {
    for (const { name, type: inner } of Object.values(type.getFields())) {
      const own = table.weights.get(`${type.name}.${name}`);
      const given = (value as Readonly<Record<string, unknown>>)[name];
      cost += valueCost(given, inner, { weight: own, table });
    }
  }
  return saturate(cost);
}
