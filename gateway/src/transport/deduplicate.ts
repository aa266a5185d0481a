import type { RequestContext } from '../request.ts';
import { ShortLivedMap } from '../short-lived-map.ts';
import { limitFor, tooLate, type StartFlight } from './deadline.ts';
import type { Flight } from './flight.ts';
import type { SubgraphFetch, SubgraphResponse } from './subgraph-fetch.ts';

/** How much of the end of a body tells it from others, in characters. */
const tailLength = 80;

interface SharedFlight {
  readonly body: string;
  readonly callerKey: string;
  readonly flight: Flight;
}

export interface SharingOptions {
  readonly subgraph: string;
  readonly timeoutMs: number;
  /**
   * Everything of the caller that the subgraph will see: signed identity and propagated headers. Callers share a fetch
   * only when it is equal. Undefined switches sharing off.
   */
  readonly callerKey: ((caller: RequestContext) => string) | undefined;
}

/**
 * Lets equal queries in flight share one fetch, parsed once. Mutations are always sent on their own.
 * Nobody is harmed by the one who asked first: a fetch is joined only while it has at least half of the subgraph's
 * time left, or all the time the newcomer has.
 */
export function deduplicate(start: StartFlight, options: SharingOptions): SubgraphFetch {
  const { subgraph, timeoutMs, callerKey } = options;
  const inFlight = new ShortLivedMap<SharedFlight[]>();

  return function fetchShared(request, caller): Promise<SubgraphResponse> {
    const limitMs = limitFor(caller, timeoutMs);
    if (limitMs === undefined) return Promise.reject(tooLate(caller, subgraph));
    const limitedBy = limitMs < timeoutMs ? 'caller' : 'subgraph';
    if (request.kind !== 'query' || !callerKey) {
      return start(request, caller, { limitMs, limitedBy }).join(caller, limitMs);
    }
    const { body } = request;
    const own = callerKey(caller);
    // Looking up a whole body reads all of it. Most differ in their length or end, where the ids are.
    const key = `${body.length} ${body.slice(-tailLength)} ${own}`;
    const alike = inFlight.get(key);
    const neededMs = Math.min(limitMs, timeoutMs / 2);
    const joined = alike && findJoinable(alike, { body, callerKey: own, neededMs });
    if (joined) return joined.join(caller, limitMs);

    const flight = start(request, caller, {
      limitMs,
      limitedBy,
      whenOver: () => remove(inFlight, key, flight),
    });
    const shared: SharedFlight = { body, callerKey: own, flight };
    if (alike) alike.push(shared);
    else inFlight.set(key, [shared]);
    return flight.join(caller, limitMs);
  };
}

interface Wanted {
  readonly body: string;
  readonly callerKey: string;
  readonly neededMs: number;
}

function findJoinable(
  flights: readonly SharedFlight[],
  { body, callerKey, neededMs }: Wanted,
): Flight | undefined {
  for (const shared of flights) {
    const isEqual = shared.callerKey === callerKey && shared.body === body;
    if (isEqual && shared.flight.remainingMs() >= neededMs * 0.98) return shared.flight;
  }
  return undefined;
}

function remove(inFlight: ShortLivedMap<SharedFlight[]>, key: string, flight: Flight): void {
  const flights = inFlight.get(key);
  if (!flights) return;
  if (flights.length === 1) {
    inFlight.delete(key);
    return;
  }
  const at = flights.findIndex((shared) => shared.flight === flight);
  if (at !== -1) flights.splice(at, 1);
}
