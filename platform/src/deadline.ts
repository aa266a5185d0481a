/** The moment by which an answer is worth something. Travels as milliseconds left, because clocks differ between machines. */
export interface Deadline {
  /** Milliseconds left; never negative. */
  remainingMs(): number;
}

/** @param now a monotonic clock in milliseconds */
export function createDeadline(budgetMs: number, now: () => number = monotonicMs): Deadline {
  const end = now() + budgetMs;
  return { remainingMs: () => Math.max(0, end - now()) };
}

/**
 * Reads the deadline header of docs/wire.md.
 * @param defaultMs the budget when the header is absent or no whole number of milliseconds, and its upper bound
 */
export function readDeadline(header: string | undefined, defaultMs: number): Deadline {
  const isWholeNumber = header !== undefined && /^\d{1,9}$/.test(header);
  return createDeadline(isWholeNumber ? Math.min(Number(header), defaultMs) : defaultMs);
}

function monotonicMs(): number {
  return performance.now();
}
