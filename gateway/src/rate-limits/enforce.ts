import { announce, type RequestRecord } from '../channels.ts';
import { GatewayError } from '../errors.ts';
import type { Limiter, LimiterState } from './limiter.ts';
import { rateLimitHeaders, retryAfter } from './rate-limit-headers.ts';

/** Points to take of a key. */
export interface Count {
  readonly limiter: Limiter;
  readonly key: string;
  readonly points: number;
}

/** Takes them, and tells the caller what is left. @throws GatewayError RATE_LIMITED when there is not enough of one */
export type Enforce = (counts: readonly Count[], record: RequestRecord) => Promise<void>;

/** @param tellsHeaders whether answers say what is left */
export function createEnforce(tellsHeaders: boolean): Enforce {
  return async function enforce(counts, record) {
    const states = await Promise.all(
      counts.map(({ limiter, key, points }) => limiter.take(key, points)),
    );
    if (tellsHeaders) addHeaders(record, rateLimitHeaders(states));
    const at = states.findIndex(({ isAllowed }) => !isAllowed);
    const [state, count] = [states[at], counts[at]];
    if (state && count) throw refuse(state, record, count.points);
  };
}

/** The error, and `Retry-After` beside it. @param asked how many points there were not enough for */
export function refuse(
  { policy, remaining, resetMs }: LimiterState,
  record: RequestRecord,
  asked = 1,
): GatewayError {
  const headers = retryAfter(resetMs);
  addHeaders(record, headers);
  const { name, points, seconds } = policy;
  announce({ event: 'rateLimited', by: name });
  const left = remaining > 0 ? `, of which ${remaining} are left and this takes ${asked}` : '';
  const wait = asked > points ? 'Ask for less at once.' : `Try again in ${headers[1]} s.`;
  return new GatewayError(
    'RATE_LIMITED',
    `The limit "${name}" is ${points} in ${seconds} s${left}. ${wait}`,
  );
}

function addHeaders(record: RequestRecord, headers: readonly string[]): void {
  record.responseHeaders = [...(record.responseHeaders ?? []), ...headers];
}
