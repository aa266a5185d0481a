import type { RequestContext } from '../request.ts';
import type { FetchFailure } from './fetch-failure.ts';
import type { SubgraphRequest, SubgraphResponse } from './subgraph-fetch.ts';

/**
 * What the layers between the deadline and the socket know of the fetch they work for.
 * Its `deadline` is that of the fetch (docs/wire.md), and its `signal` is only made when somebody asks for it:
 * an AbortController per call would cost more than the rest of the chain together.
 */
export interface FetchContext extends RequestContext {
  readonly signal: AbortSignal;
  /** 0 for the first try. A repeated try goes out on a new socket, because the pooled ones may all be stale. */
  attempt: number;
  /** The instance the last try went to: another one is preferred for the next. */
  lastInstance: object | undefined;
  /** Size of the answer's body as it came, 0 before. */
  receivedBytes: number;
  /**
   * Calls `stop` at most once: when the time is over or nobody waits any more. At once if that is so already.
   * @returns forgets `stop`; call it when the work is done
   */
  whenStopped(stop: (reason: FetchFailure) => void): () => void;
}

/** Is told once how a fetch ended: with a response, or without one and why. */
export type Settle = (response: SubgraphResponse | undefined, reason: unknown) => void;

/**
 * A fetch below the deadline. It tells its outcome instead of promising it: promises from layer to layer would cost as much
 * as sending the request. It may tell it before it returns, and never throws.
 */
export type BoundedFetch = (
  request: SubgraphRequest,
  context: FetchContext,
  settle: Settle,
) => void;
export type BoundedFetchLayer = (next: BoundedFetch) => BoundedFetch;

/** Composes layers in reading order: the first is the outermost. */
export function chain(...layers: readonly BoundedFetchLayer[]): BoundedFetchLayer {
  return (innermost) => layers.reduceRight((next, layer) => layer(next), innermost);
}
