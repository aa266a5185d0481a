import { GatewayError } from '../../errors.ts';
import { maxNesting } from './assert-nesting.ts';

/**
 * Checks how deep lists and objects nest in values that clients sent, without recursion. Coercing and writing them
 * recurses.
 * @throws GatewayError MAX_DEPTH_LIMIT
 */
export function assertShallow(values: Readonly<Record<string, unknown>>): void {
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
      }
    }
    level = below;
  }
}
