import type { ShedReason } from './admission.ts';

/** What was seen of the process in one step. */
export interface LoadSample {
  /** How late the event loop was. */
  readonly delayMs: number;
  /** Share of the memory in use, 0 to 1. */
  readonly memoryShare: number;
  readonly underWay: number;
}

export interface LimitBounds {
  readonly maxRequests: number;
  readonly minRequests: number;
  /** 0: never too late. */
  readonly maxEventLoopDelayMs: number;
  /** 0: never too much. */
  readonly maxMemoryShare: number;
}

/** What remains of the requests under way when the event loop stays late, and when memory runs out. */
const lateShare = 0.8;
const memoryShareLeft = 0.5;
/** How fast more are let in again: from 64 to 1,000 in 29 steps. */
const growth = 1.1;

/** The limit from one step to the next: fast down from what is really under way, slowly up again. */
export interface LimitControl {
  /** @returns the limit from now on */
  adjust(sample: LoadSample): number;
  /** What brought the limit below the setting; `concurrency` when it is the setting. */
  readonly reason: () => ShedReason;
}

/**
 * Additive-increase/multiplicative-decrease, as in TCP. One late step is a garbage collection or one large answer; two
 * in a row are a queue.
 */
export function createLimitControl(bounds: LimitBounds): LimitControl {
  const { maxRequests, maxEventLoopDelayMs, maxMemoryShare } = bounds;
  const floor = Math.min(bounds.minRequests, maxRequests);
  let limit = maxRequests;
  let wasLate = false;
  let reason: ShedReason = 'concurrency';

  function lower(underWay: number, share: number): number {
    return Math.max(floor, Math.floor(Math.min(limit, underWay) * share));
  }

  return {
    adjust({ delayMs, memoryShare, underWay }) {
      const isLate = maxEventLoopDelayMs > 0 && delayMs > maxEventLoopDelayMs;
      if (maxMemoryShare > 0 && memoryShare > maxMemoryShare) {
        limit = lower(underWay, memoryShareLeft);
        reason = 'memory';
      } else if (isLate && wasLate) {
        limit = lower(underWay, lateShare);
        reason = 'eventLoop';
      } else if (!isLate && limit < maxRequests) {
        limit = Math.min(maxRequests, Math.ceil(limit * growth));
        if (limit === maxRequests) reason = 'concurrency';
      }
      wasLate = isLate;
      return limit;
    },
    reason: () => reason,
  };
}
