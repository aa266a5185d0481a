import type { ShedReason } from './admission.ts';

/** What was seen of the process in one step. */
export interface LoadSample {
  /** Since the step before. */
  readonly elapsedMs: number;
  /** How late the event loop was. */
  readonly delayMs: number;
  /** How long a request takes, by how many are under way and how many are answered in a second (Little's law). */
  readonly waitMs: number;
  /** Share of the memory in use, 0 to 1. */
  readonly memoryShare: number;
  readonly underWay: number;
}

export interface LimitBounds {
  readonly maxRequests: number;
  /** Let in however late the event loop is for a moment. */
  readonly busyRequests: number;
  /** Let in whatever happens. */
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
/** A late event loop does harm when requests take longer than this, and have for so long. */
const maxWaitMs = 1_000;
const patienceMs = 1_000;

/** The limit from one step to the next: fast down from what is really under way, slowly up again. */
export interface LimitControl {
  /** @returns the limit from now on */
  adjust(sample: LoadSample): number;
  /** What brought the limit below the setting; `concurrency` when it is the setting. */
  readonly reason: () => ShedReason;
}

/**
 * Additive-increase/multiplicative-decrease, as in TCP. One late step is a garbage collection or one large answer; two
 * in a row are a queue. A queue of few is how busy connections share a core, and harms nobody as long as it is short in
 * time (CoDel, RFC 8289 §3): only one that stays long is cut to the least (decision 0235).
 */
export function createLimitControl(bounds: LimitBounds): LimitControl {
  const { maxRequests, maxEventLoopDelayMs, maxMemoryShare } = bounds;
  const least = Math.min(bounds.minRequests, maxRequests);
  const busy = Math.min(Math.max(bounds.busyRequests, least), maxRequests);
  let limit = maxRequests;
  let wasLate = false;
  let harmfulMs = 0;
  let reason: ShedReason = 'concurrency';

  function lower(underWay: number, share: number, floor: number): number {
    return Math.max(floor, Math.floor(Math.min(limit, underWay) * share));
  }

  function grow(upTo: number): void {
    if (limit < upTo) limit = Math.min(upTo, Math.ceil(limit * growth));
    if (limit === maxRequests) reason = 'concurrency';
  }

  return {
    adjust({ elapsedMs, delayMs, waitMs, memoryShare, underWay }) {
      const isLate = maxEventLoopDelayMs > 0 && delayMs > maxEventLoopDelayMs;
      const isHarmful = isLate && waitMs > maxWaitMs;
      harmfulMs = isHarmful ? harmfulMs + elapsedMs : 0;
      const floor = harmfulMs >= patienceMs ? least : busy;
      if (maxMemoryShare > 0 && memoryShare > maxMemoryShare) {
        limit = lower(underWay, memoryShareLeft, least);
        reason = 'memory';
      } else if (isLate && wasLate && limit > floor) {
        limit = lower(underWay, lateShare, floor);
        reason = 'eventLoop';
      } else if (!isHarmful) {
        grow(isLate ? busy : maxRequests);
      }
      wasLate = isLate;
      return limit;
    },
    reason: () => reason,
  };
}
