import { GatewayError } from '../../errors.ts';
import type { PreparedOperation } from '../prepared-operation.ts';
import type { CoercedVariables } from '../coerce-variables.ts';
import { estimateCost } from './operation-cost.ts';

/** Estimates an operation before it is planned. @returns its cost @throws GatewayError COST_LIMIT_EXCEEDED */
export type LimitCost = (prepared: PreparedOperation, variables: CoercedVariables) => number;

/** Returns the function that refuses operations that cost more than `maxCost`. */
export function createLimitCost(maxCost: number): LimitCost {
  return function limitCost(prepared, variables) {
    const cost = estimateCost(prepared, variables);
    if (cost <= maxCost) return cost;
    const message = `The operation costs ${cost}, and ${maxCost} is the most. Ask for fewer items at once.`;
    throw new GatewayError('COST_LIMIT_EXCEEDED', message, {
      errors: [
        {
          message,
          extensions: { code: 'COST_LIMIT_EXCEEDED', cost: { estimated: cost, max: maxCost } },
        },
      ],
    });
  };
}
