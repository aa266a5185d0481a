import { createRequire } from 'node:module';
import { LRUCache } from 'lru-cache';
import type * as RateLimiters from 'rate-limiter-flexible';
import type { Limiter, LimiterPolicy, LimiterState, LimiterStore } from './limiter.ts';

const require = createRequire(import.meta.url);

/** Loads the library with the first limit: it takes 4 MB, and most graphs set none. */
function loadLimiters(): typeof RateLimiters {
  return require('rate-limiter-flexible') as typeof RateLimiters;
}

/** Counts in this process. Keys are forgotten when their window ends. */
export const memoryStore: LimiterStore = {
  create: (policy) => createMemoryLimiter(policy),
  stop: () => undefined,
};

/** A limiter that can be asked without taking anything. */
export interface MemoryLimiter extends Limiter {
  look(key: string): Promise<LimiterState>;
}

/** The library keeps each key to the end of its window, some 600 bytes of it: a flood of addresses must not fill the memory. */
const maxKeysOfAll = 50_000;

/** @param maxKeys beyond as many in one window, those that asked least recently begin anew */
export function createMemoryLimiter(policy: LimiterPolicy, maxKeys = maxKeysOfAll): MemoryLimiter {
  const { name: keyPrefix, points, seconds: duration } = policy;
  const { RateLimiterMemory } = loadLimiters();
  const counter = new RateLimiterMemory({ keyPrefix, points, duration });
  const keys = new LRUCache<string, true>({
    // Unlike `max`, this reserves nothing beforehand.
    maxSize: maxKeys,
    sizeCalculation: () => 1,
    ttl: duration * 1000,
    dispose: (_kept, key, reason) => {
      if (reason === 'evict') void counter.delete(key);
    },
  });
  return {
    policy,
    take(key, count) {
      if (!keys.get(key)) keys.set(key, true);
      return takePoints(counter, policy, { key, count });
    },
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
  counter: RateLimiters.RateLimiterAbstract,
  policy: LimiterPolicy,
  { key, count }: { readonly key: string; readonly count: number },
): Promise<LimiterState> {
  let result: RateLimiters.RateLimiterRes;
  try {
    result = await counter.consume(key, count);
  } catch (caught) {
    // The library rejects with what is left when there is not enough, and with an error when it could not count.
    if (!(caught instanceof loadLimiters().RateLimiterRes)) throw caught;
    const remaining = Math.max(0, policy.points - (caught.consumedPoints - count));
    await counter.reward(key, count);
    return { policy, isAllowed: false, remaining, resetMs: caught.msBeforeNext };
  }
  const { remainingPoints: remaining, msBeforeNext: resetMs } = result;
  return { policy, isAllowed: true, remaining, resetMs };
}
