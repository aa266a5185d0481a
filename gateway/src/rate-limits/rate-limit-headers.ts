import type { LimiterState } from './limiter.ts';

/**
 * `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10 §3 and §4): which limits hold for this caller,
 * what is left of each and in how many seconds its window ends. Name, value, name, value.
 */
export function rateLimitHeaders(states: readonly LimiterState[]): readonly string[] {
  if (states.length === 0) return [];
  const policies = states.map(
    ({ policy: { name, points, seconds } }) => `"${name}";q=${points};w=${seconds}`,
  );
  const left = states.map(
    ({ policy: { name }, remaining, resetMs }) =>
      `"${name}";r=${remaining};t=${toSeconds(resetMs)}`,
  );
  return ['ratelimit-policy', policies.join(', '), 'ratelimit', left.join(', ')];
}

/** `Retry-After` in whole seconds (RFC 9110 §10.2.3), never too early. */
export function retryAfter(resetMs: number): readonly string[] {
  return ['retry-after', String(Math.max(1, toSeconds(resetMs)))];
}

function toSeconds(durationMs: number): number {
  return Math.ceil(durationMs / 1000);
}
