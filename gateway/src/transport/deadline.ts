import type { RequestContext } from '../request.ts';
import type { FetchContext } from './fetch-context.ts';
import { FetchFailure } from './fetch-failure.ts';
import { Layer } from './layer.ts';
import type { SubgraphResponse } from './subgraph-fetch.ts';

/** The outermost layer: what it is given is a flight, which watches over its time and tells the outcome to all who wait. */
export class Landing extends Layer {
  send(fetch: FetchContext): void {
    this.inner.send(fetch);
  }

  settle(fetch: FetchContext, response: SubgraphResponse | undefined, reason: unknown): void {
    fetch.settle(response, reason);
  }
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
