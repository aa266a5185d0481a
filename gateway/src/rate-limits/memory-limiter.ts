import { LRUCache } from 'lru-cache';
import type { Limiter, LimiterPolicy, LimiterState, LimiterStore } from './limiter.ts';

/** Counts in this process. */
export const memoryStore: LimiterStore = {
  create: (policy) => createMemoryLimiter(policy),
  stop: () => undefined,
};

/** A limiter that answers at once, and can be asked without taking anything. */
export interface MemoryLimiter extends Limiter {
  take(key: string, points: number): LimiterState;
  look(key: string): LimiterState;
}

/** What a key has taken since its first request, until the window ends. */
interface Window {
  taken: number;
  /** On the clock of `performance.now()`. */
  readonly endsAt: number;
}

/** A flood of addresses must not fill the memory: this is some 50,000 of them. */
const maxBytesOfAll = 12_000_000;
/** A window and its place in the list, beside its key. */
const bytesPerWindow = 200;

/**
 * Counts fixed windows without promises and timers, which took four times as long (decision 0236).
 * @param maxBytes beyond as much memory, those that asked least recently begin anew
 */
export function createMemoryLimiter(
  policy: LimiterPolicy,
  maxBytes = maxBytesOfAll,
): MemoryLimiter {
  const { points } = policy;
  const durationMs = policy.seconds * 1_000;
  const windows = new LRUCache<string, Window>({
    maxSize: maxBytes,
    sizeCalculation: (_window, key) => bytesPerWindow + key.length * 2,
  });
  const stateOf = (window: Window, isAllowed: boolean, now: number): LimiterState => ({
    policy,
    isAllowed,
    remaining: Math.max(0, points - window.taken),
    resetMs: window.endsAt - now,
  });
  return {
    policy,
    take(key, count) {
      const now = performance.now();
      let window = windows.get(key);
      if (!window || window.endsAt <= now) {
        window = { taken: 0, endsAt: now + durationMs };
        windows.set(key, window);
      }
      const isAllowed = window.taken + count <= points;
      if (isAllowed) window.taken += count;
      return stateOf(window, isAllowed, now);
    },
    look(key) {
      const now = performance.now();
      const window = windows.peek(key);
      if (!window || window.endsAt <= now) {
        return { policy, isAllowed: true, remaining: points, resetMs: 0 };
      }
      return stateOf(window, window.taken < points, now);
    },
  };
}
