import type { RequestContext } from '../request.ts';
import { limitFor, tooLate } from './deadline.ts';
import { Flight, type FlightKeeper } from './flight.ts';
import { FlightTable } from './flight-table.ts';
import type { CallerMatch } from './headers.ts';
import type { Layer } from './layer.ts';
import { mixHash } from './mix-hash.ts';
import type { SubgraphFetch, SubgraphRequest } from './subgraph-fetch.ts';

export interface SharingOptions {
  readonly subgraph: string;
  readonly timeoutMs: number;
  /** Tells whose fetches may be shared. Undefined switches sharing off. */
  readonly callers: CallerMatch | undefined;
}

/**
 * Lets equal queries in flight share one fetch, parsed once. Mutations are always sent on their own.
 * Nobody is harmed by the one who asked first: a fetch is joined only while it has at least half of the subgraph's
 * time left, or all the time the newcomer has. Whoever is alone pays for one look into a table.
 * @param layers the way of a fetch; the outermost tells the flight its outcome
 */
export function deduplicate(layers: Layer, options: SharingOptions): SubgraphFetch {
  const { subgraph, timeoutMs, callers } = options;
  const table = new FlightTable();
  const alone: FlightKeeper = { subgraph, timeoutMs, onOver: () => undefined };
  const shared: FlightKeeper = { ...alone, onOver: (flight) => table.remove(flight) };

  function findJoinable(
    request: SubgraphRequest,
    caller: RequestContext,
    hash: number,
    neededMs: number,
  ): Flight | undefined {
    for (let flight = table.first(hash); flight; flight = flight.nextInTable) {
      if (flight.hash !== hash || flight.request.body !== request.body) continue;
      if (!callers?.isSame(flight, caller)) continue;
      if (flight.remainingMs() >= neededMs * 0.98) return flight;
    }
    return undefined;
  }

  return function fetchShared(request, caller) {
    const limitMs = limitFor(caller, timeoutMs);
    if (limitMs === undefined) return Promise.reject(tooLate(caller, subgraph));
    const isShared = callers !== undefined && request.kind === 'query';
    const hash = isShared ? mixHash(callers.hash(caller), request.body) : 0;
    if (isShared) {
      const joined = findJoinable(request, caller, hash, Math.min(limitMs, timeoutMs / 2));
      if (joined) return joined.join(caller, limitMs);
    }
    const flight = new Flight(isShared ? shared : alone, request, caller, limitMs);
    const answer = flight.join(caller, limitMs);
    if (isShared) {
      flight.hash = hash;
      table.add(flight);
    }
    layers.send(flight);
    return answer;
  };
}
