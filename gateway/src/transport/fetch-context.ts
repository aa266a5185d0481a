import type { RequestContext } from '../request.ts';
import type { FetchFailure } from './fetch-failure.ts';
import type { SubgraphRequest, SubgraphResponse } from './subgraph-fetch.ts';

/** Whoever has a fetch in hand at a moment: a queue, a pause, an exchange over a socket. */
export interface FetchHolder {
  /** The time is over or nobody waits any more. Called at most once. */
  stop(reason: FetchFailure): void;
}

/** Is told how a try ended that a circuit breaker let through. */
export type FinishTry = (outcome: 'success' | 'failure' | 'neutral') => void;

/**
 * One fetch on its way between deadline and socket, and all that the layers know of it: none of them keeps anything of a
 * single fetch anywhere else. Its `deadline` is that of the fetch (docs/wire.md), and its `signal` is only made when
 * somebody asks for it: an AbortController per call would cost more than the rest of the chain together.
 */
export interface FetchContext extends RequestContext {
  readonly request: SubgraphRequest;
  readonly signal: AbortSignal;
  /** 0 for the first try. A repeated try goes out on a new socket, because the pooled ones may all be stale. */
  attempt: number;
  /** The instance the last try went to: another one is preferred for the next. */
  lastInstance: object | undefined;
  /** Size of the answer's body as it came, 0 before. */
  receivedBytes: number;
  /** Who is to be stopped. Set by whoever takes the fetch in hand, and taken back by it when its work is done. */
  holder: FetchHolder | undefined;
  /** Why it was stopped. Nothing is begun for it any more. */
  readonly stopReason: FetchFailure | undefined;
  /** The breaker's, while a try is under way. */
  finishTry: FinishTry | undefined;
  /** Tells the outcome, once, to those who wait for it: a response, or none and why. */
  settle(response: SubgraphResponse | undefined, reason: unknown): void;
}
