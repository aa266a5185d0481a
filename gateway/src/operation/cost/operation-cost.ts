import type { CoercedVariables } from '../coerce-variables.ts';
import type { OperationCost, PreparedOperation } from '../prepared-operation.ts';

/** Saturates: no operation costs more, however its lists multiply. */
export const maxCost: number = Number.MAX_SAFE_INTEGER;

/**
 * What running an operation will cost at most, by the IBM cost specification: `@cost` and `@listSize` of the supergraph,
 * defaults for what carries neither. Compiled once per operation; most estimates are one number, known beforehand.
 * @returns 0 where cost is not counted (`operation.cost.isEnabled`)
 * @throws GatewayError BAD_USER_INPUT when a list that must be sliced is not
 */
export function estimateCost(prepared: PreparedOperation, variables: CoercedVariables): number {
  return prepared.cost ? prepared.cost.estimate(variables) : 0;
}

/**
 * What an answer has cost: the same sum over what it holds.
 * @param data `data` of the answer, parsed
 */
export function actualCost(
  { cost }: { readonly cost?: OperationCost | undefined },
  variables: CoercedVariables,
  data: unknown,
): number {
  return cost ? cost.actual(variables, data) : 0;
}

/** Keeps sums and products finite and whole enough to be shown. */
export function saturate(value: number): number {
  return value < maxCost ? (value > 0 ? value : 0) : maxCost;
}
