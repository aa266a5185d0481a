import { RateLimiterMemory, RateLimiterRes, type RateLimiterAbstract } from 'rate-limiter-flexible';
import type { Limiter, LimiterPolicy, LimiterState, LimiterStore } from './limiter.ts';

/** Counts in this process. Keys are forgotten when their window ends. */
export const memoryStore: LimiterStore = {
  create: createMemoryLimiter,
  stop: () => undefined,
};

/** A limiter that can be asked without taking anything. */
export interface MemoryLimiter extends Limiter {
  look(key: string): Promise<LimiterState>;
}

export function createMemoryLimiter(policy: LimiterPolicy): MemoryLimiter {
  const { name: keyPrefix, points, seconds: duration } = policy;
  const counter = new RateLimiterMemory({ keyPrefix, points, duration });
  return {
    policy,
    take: (key, count) => takePoints(counter, policy, { key, count }),
    async look(key) {
      const state = await counter.get(key);
      const consumed = state?.consumedPoints ?? 0;
      const remaining = Math.max(0, points - consumed);
      return { policy, isAllowed: consumed < points, remaining, resetMs: state?.msBeforeNext ?? 0 };
    },
  };
}

/** @throws Error when the store fails */
export async function takePoints(
  counter: RateLimiterAbstract,
  policy: LimiterPolicy,
  { key, count }: { readonly key: string; readonly count: number },
): Promise<LimiterState> {
  let result: RateLimiterRes;
  try {
    result = await counter.consume(key, count);
  } catch (caught) {
    // The library rejects with what is left when there is not enough, and with an error when it could not count.
    if (!(caught instanceof RateLimiterRes)) throw caught;
    const remaining = Math.max(0, policy.points - (caught.consumedPoints - count));
    await counter.reward(key, count);
    return { policy, isAllowed: false, remaining, resetMs: caught.msBeforeNext };
  }
  const { remainingPoints: remaining, msBeforeNext: resetMs } = result;
  return { policy, isAllowed: true, remaining, resetMs };
}
