import { GatewayError } from '../../errors.ts';
import { containerWeight, spend, type ValueBudget } from './assert-few-values.ts';
import { maxNesting } from './assert-nesting.ts';

/**
 * Checks how deep lists and objects nest in values that clients sent, without recursion. Coercing and writing them
 * recurses. Numbers that are too large for JavaScript are refused too: scalars that take any value would pass them on as
 * null.
 * @param budget pays for each list and object
 * @throws GatewayError MAX_DEPTH_LIMIT, MAX_INPUT_VALUES_LIMIT, BAD_USER_INPUT
 */
export function assertShallow(
  values: Readonly<Record<string, unknown>>,
  budget: ValueBudget,
): void {
  let level: object[] = [values];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > maxNesting) {
      throw new GatewayError(
        'MAX_DEPTH_LIMIT',
        `The variables nest more than ${maxNesting} lists and objects.`,
      );
    }
    const below: object[] = [];
    for (const value of level) {
      for (const inner of Object.values(value) as unknown[]) {
        if (typeof inner === 'object' && inner !== null) below.push(inner);
        else if (typeof inner === 'number' && !Number.isFinite(inner)) throw tooLarge();
      }
    }
    spend(budget, below.length * containerWeight);
    level = below;
  }
}

function tooLarge(): GatewayError {
  return new GatewayError('BAD_USER_INPUT', 'The variables hold a number that is too large.');
}
