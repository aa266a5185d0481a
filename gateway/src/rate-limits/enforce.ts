import { announce, type RequestRecord } from '../channels.ts';
import { GatewayError } from '../errors.ts';
import type { Limiter, LimiterState } from './limiter.ts';
import { addRateLimitHeaders, retryAfter } from './rate-limit-headers.ts';

/** Points to take of a key. */
export interface Count {
  readonly limiter: Limiter;
  readonly key: string;
  readonly points: number;
}

/**
 * Takes them, and tells the caller what is left. At once, unless a limiter has to ask elsewhere.
 * @throws GatewayError RATE_LIMITED when there is not enough of one
 */
export type Enforce = (counts: readonly Count[], record: RequestRecord) => Promise<void> | void;

/** @param tellsHeaders whether answers say what is left */
export function createEnforce(tellsHeaders: boolean): Enforce {
  function judge(
    counts: readonly Count[],
    states: readonly LimiterState[],
    record: RequestRecord,
  ): void {
    if (tellsHeaders) addRateLimitHeaders(record, states);
    const at = states.findIndex(({ isAllowed }) => !isAllowed);
    const [state, count] = [states[at], counts[at]];
    if (state && count) throw refuse(state, record, count.points);
  }
  return function enforce(counts, record) {
    const states = counts.map(({ limiter, key, points }) => limiter.take(key, points));
    return states.every(isHere)
      ? judge(counts, states, record)
      : Promise.all(states.map(async (state) => state)).then((all) => judge(counts, all, record));
  };
}

function isHere(state: LimiterState | Promise<LimiterState>): state is LimiterState {
  return !('then' in state);
}

/** The error, and `Retry-After` beside it. @param asked how many points there were not enough for */
export function refuse(
  { policy, remaining, resetMs }: LimiterState,
  record: RequestRecord,
  asked = 1,
): GatewayError {
  const headers = retryAfter(resetMs);
  record.responseHeaders = [...(record.responseHeaders ?? []), ...headers];
  const { name, points, seconds } = policy;
  announce({ event: 'rateLimited', by: name });
  const left = remaining > 0 ? `, of which ${remaining} are left and this takes ${asked}` : '';
  const wait = asked > points ? 'Ask for less at once.' : `Try again in ${headers[1]} s.`;
  return new GatewayError(
    'RATE_LIMITED',
    `The limit "${name}" is ${points} in ${seconds} s${left}. ${wait}`,
  );
}
