/** Limits retries to a share of the traffic, so that a struggling subgraph is not sent a multiple of its load. */
export interface RetryBudget {
  /** A first try went out. */
  deposit(): void;
  /** @returns whether one more retry may go out; if so, it is paid for */
  withdraw(): boolean;
}

/** Retries a quiet subgraph always gets. */
const freePerSecond = 10;
/** Seconds of traffic whose unused budget is kept. */
const keptSeconds = 10;

/**
 * @param percent retries allowed per hundred first tries, beyond ten per second
 * @param now a monotonic clock in milliseconds
 */
export function createRetryBudget(
  percent: number,
  now: () => number = () => performance.now(),
): RetryBudget {
  const share = percent / 100;
  const maxTokens = freePerSecond * keptSeconds;
  let tokens = 0;
  let free = freePerSecond;
  let second = Math.floor(now() / 1000);
  return {
    deposit() {
      tokens = Math.min(maxTokens, tokens + share);
    },
    withdraw() {
      const current = Math.floor(now() / 1000);
      if (current !== second) {
        second = current;
        free = freePerSecond;
      }
      if (free >= 1) {
        free -= 1;
        return true;
      }
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
  };
}
