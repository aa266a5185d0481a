/**
 * Who may come in. The listener counts requests up and down and compares the two numbers: that is all a request pays.
 * `limit` is moved by `watchLoad`.
 */
export interface Admission {
  /** Requests that are being answered. */
  underWay: number;
  /** Requests that have been answered so far. */
  finished: number;
  /** At this many, further ones are refused. */
  limit: number;
  /** Requests refused so far. */
  shed: number;
  /** Why the limit is what it is. */
  reason: ShedReason;
  /** What a refusal says in `Retry-After`. */
  retryAfterSeconds: number;
}

export type ShedReason = 'concurrency' | 'eventLoop' | 'memory';

interface AdmissionOptions {
  readonly maxRequests: number;
  readonly retryAfterSeconds: number;
}

export function createAdmission({ maxRequests, retryAfterSeconds }: AdmissionOptions): Admission {
  return {
    underWay: 0,
    finished: 0,
    limit: maxRequests,
    shed: 0,
    reason: 'concurrency',
    retryAfterSeconds,
  };
}

/** Takes over changed settings. */
export function adjustAdmission(
  admission: Admission,
  { maxRequests, retryAfterSeconds }: AdmissionOptions,
): void {
  admission.limit = maxRequests;
  admission.retryAfterSeconds = retryAfterSeconds;
}
