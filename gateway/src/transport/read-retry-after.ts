/** A year: nobody waits so long, and timers and sums stay in their bounds. */
const longestMs = 365 * 24 * 3_600_000;

/**
 * Reads a Retry-After header (RFC 9110 §10.2.3): seconds, or a date.
 * @returns milliseconds from now, at most a year; undefined when the header is absent or neither
 */
export function readRetryAfter(
  header: string | undefined,
  nowMs: number = Date.now(),
): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+$/.test(header)) return Math.min(Number(header) * 1000, longestMs);
  // Date.parse takes "-5" and "1.5" for days of a year.
  if (!/^[A-Z][a-z]{2,8},? /.test(header)) return undefined;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.min(Math.max(0, date - nowMs), longestMs);
}
