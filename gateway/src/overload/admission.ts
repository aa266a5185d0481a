/**
 * Who may come in. The listener counts requests up and down and compares the two numbers: that is all a request pays.
 * `limit` is moved by `watchLoad`.
 */
export interface Admission {
  /** Requests that are being answered. */
  underWay: number;
  /** At this many, further ones are refused. */
  limit: number;
  /** Requests refused so far. */
  shed: number;
  /** Why the limit is what it is. */
  reason: ShedReason;
}

export type ShedReason = 'concurrency' | 'eventLoop' | 'memory';

/** @param maxRequests the most requests at once */
export function createAdmission(maxRequests: number): Admission {
  return { underWay: 0, limit: maxRequests, shed: 0, reason: 'concurrency' };
}
