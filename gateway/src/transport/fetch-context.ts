import type { RequestContext } from '../request.ts';
import type { FetchFailure } from './fetch-failure.ts';
import type { SubgraphFetch } from './subgraph-fetch.ts';

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

/** A fetch below the deadline. */
export type BoundedFetch = SubgraphFetch<FetchContext>;
export type BoundedFetchLayer = (next: BoundedFetch) => BoundedFetch;
