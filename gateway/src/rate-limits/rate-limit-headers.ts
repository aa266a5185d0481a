import type { RequestRecord } from '../channels.ts';
import type { LimiterPolicy, LimiterState } from './limiter.ts';

const policyHeader = 'ratelimit-policy';

/**
 * Adds `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10 §3 and §4) to the answer: which limits hold
 * for this caller, what is left of each and in how many seconds its window ends. One list each, however many steps count:
 * a header costs a request as much as a count does.
 */
export function addRateLimitHeaders(
  record: Pick<RequestRecord, 'responseHeaders'>,
  states: readonly LimiterState[],
): void {
  let policies = '';
  let left = '';
  for (const { policy, remaining, resetMs } of states) {
    const separator = left === '' ? '' : ', ';
    policies += separator + describePolicy(policy);
    left += `${separator}"${policy.name}";r=${remaining};t=${toSeconds(resetMs)}`;
  }
  if (left === '') return;
  const headers = [...(record.responseHeaders ?? [])];
  const at = headers.indexOf(policyHeader);
  if (at === -1) {
    headers.push(policyHeader, policies, 'ratelimit', left);
  } else {
    headers[at + 1] += `, ${policies}`;
    headers[at + 3] += `, ${left}`;
  }
  record.responseHeaders = headers;
}

/** Policies do not change: each is written once. */
const described = new WeakMap<LimiterPolicy, string>();

function describePolicy(policy: LimiterPolicy): string {
  let text = described.get(policy);
  if (text === undefined) {
    text = `"${policy.name}";q=${policy.points};w=${policy.seconds}`;
    described.set(policy, text);
  }
  return text;
}

/** `Retry-After` in whole seconds (RFC 9110 §10.2.3), never too early. Name, value. */
export function retryAfter(resetMs: number): readonly string[] {
  return ['retry-after', String(Math.max(1, toSeconds(resetMs)))];
}

function toSeconds(durationMs: number): number {
  return Math.ceil(durationMs / 1000);
}
