const firstDelayMs = 100;
const longestDelayMs = 10_000;
/** A worker that has lived so long had another reason to end than the one before. */
const longLifeMs = 30_000;

export interface Backoff {
  /** @param livedMs how long the worker lived that has just ended @returns how long to wait before the next is started */
  next(livedMs: number): number;
}

/** Waits twice as long after each short life, up to ten seconds. */
export function createBackoff(): Backoff {
  let delayMs = firstDelayMs / 2;
  return {
    next(livedMs) {
      delayMs = livedMs > longLifeMs ? firstDelayMs : Math.min(longestDelayMs, delayMs * 2);
      return delayMs;
    },
  };
}
