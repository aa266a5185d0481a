import type { Limiter, LimiterStore } from './limiter.ts';
import type { RateLimitOptions } from './options.ts';

/** What one kind of caller may do in a window. Undefined: as much as it likes. */
export interface CallerLimits {
  readonly requests: Limiter | undefined;
  readonly cost: Limiter | undefined;
}

/** @param kind names the limits in the store and in headers */
export function compileCallerLimits(
  kind: string,
  options: RateLimitOptions['users'],
  store: LimiterStore,
): CallerLimits {
  const { requests, cost, perSeconds: seconds = 60 } = options ?? {};
  const limit = (what: string, points: number | undefined): Limiter | undefined =>
    points === undefined ? undefined : store.create({ name: `${kind}-${what}`, points, seconds });
  return { requests: limit('requests', requests), cost: limit('cost', cost) };
}
