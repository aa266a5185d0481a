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
    let isStarting = true;
    next(request, flight, (response, reason) => {
      // Nobody has joined yet: an outcome that is known at once waits for whoever asked.
      if (isStarting) queueMicrotask(() => flight.settle(response, reason));
      else flight.settle(response, reason);
    });
    isStarting = false;
    return flight;
  };
}

/** How long this caller may wait for a subgraph. Undefined when no time is left or the caller has gone: then nothing is sent. */
export function limitFor(caller: RequestContext, timeoutMs: number): number | undefined {
  const limitMs = Math.min(timeoutMs, caller.deadline.remainingMs());
  return limitMs > 0 && !caller.signal.aborted ? limitMs : undefined;
}

/** Why nothing was sent for this caller. */
export function tooLate(caller: RequestContext, subgraph: string): FetchFailure {
  return new FetchFailure('DEADLINE_EXCEEDED', subgraph, {
    detail: caller.signal.aborted ? 'the caller left before the fetch' : 'no time left to fetch',
    blame: 'caller',
  });
}
