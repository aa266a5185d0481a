import type { RequestContext } from '../request.ts';
import type { BoundedFetch } from './fetch-context.ts';
import { FetchFailure } from './fetch-failure.ts';
import { Flight, type FlightLimits } from './flight.ts';
import type { SubgraphRequest } from './subgraph-fetch.ts';

/** Starts a fetch that ends in time. */
export type StartFlight = (
  request: SubgraphRequest,
  caller: RequestContext,
  limits: FlightLimits,
) => Flight;

/**
 * Gives every fetch one total limit that covers queueing, tries, headers and the whole body.
 * @param subgraph for messages
 */
export function deadline(subgraph: string, next: BoundedFetch): StartFlight {
  return function start(request, caller, limits) {
    const flight = new Flight(subgraph, caller, limits);
    flight.request = request;
    // Both outcomes are taken here, so a rejection that comes after everyone has left is nobody's unhandled one.
    next(request, flight).then(
      (response) => flight.succeed(response),
      (reason: unknown) => flight.fail(reason),
    );
    return flight;
  };
}

/**
 * How long this caller may wait for this subgraph.
 * @throws FetchFailure DEADLINE_EXCEEDED when nothing is left or the caller has gone: then nothing is sent
 */
export function limitFor(caller: RequestContext, subgraph: string, timeoutMs: number): number {
  const limitMs = Math.min(timeoutMs, caller.deadline.remainingMs());
  if (limitMs > 0 && !caller.signal.aborted) return limitMs;
  throw new FetchFailure('DEADLINE_EXCEEDED', subgraph, {
    detail: caller.signal.aborted ? 'the caller left before the fetch' : 'no time left to fetch',
    blame: 'caller',
  });
}
