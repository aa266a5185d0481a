import { GatewayError } from '../errors.ts';
import type { RequestContext } from '../request.ts';

/** The longest delay timers know. */
const maxDelayMs = 2 ** 31 - 1;

/**
 * Waits for work that was not started for this caller alone, but no longer than the caller has time.
 * @throws GatewayError DEADLINE_EXCEEDED
 */
export function withinDeadline<Result>(
  work: Promise<Result>,
  { deadline }: RequestContext,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new GatewayError('DEADLINE_EXCEEDED')),
      Math.min(deadline.remainingMs(), maxDelayMs),
    );
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
