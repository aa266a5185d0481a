import type { RequestContext } from '../request.ts';
import type { FetchContext, FetchHolder, FinishTry } from './fetch-context.ts';
import type { FetchFailure } from './fetch-failure.ts';
import type { SubgraphRequest, SubgraphResponse } from './subgraph-fetch.ts';

/** Is told how a fork has ended. */
export type ForkEnded = (
  fork: Fork,
  response: SubgraphResponse | undefined,
  reason: unknown,
) => void;

/** One of several tries of the same fetch that run at the same time. It can be stopped alone. */
export class Fork implements FetchContext {
  readonly id: RequestContext['id'];
  readonly identity: RequestContext['identity'];
  readonly headers: RequestContext['headers'];
  readonly trace: RequestContext['trace'];
  readonly deadline: RequestContext['deadline'];
  readonly request: SubgraphRequest;
  attempt: number;
  lastInstance: object | undefined;
  receivedBytes = 0;
  holder: FetchHolder | undefined = undefined;
  stopReason: FetchFailure | undefined = undefined;
  finishTry: FinishTry | undefined = undefined;
  readonly #controller = new AbortController();
  readonly #ended: ForkEnded;

  constructor(parent: FetchContext, ended: ForkEnded) {
    this.id = parent.id;
    this.identity = parent.identity;
    this.headers = parent.headers;
    this.trace = parent.trace;
    this.deadline = parent.deadline;
    this.request = parent.request;
    this.attempt = parent.attempt;
    this.lastInstance = parent.lastInstance;
    this.#ended = ended;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  settle(response: SubgraphResponse | undefined, reason: unknown): void {
    this.#ended(this, response, reason);
  }

  stop(reason: FetchFailure): void {
    if (this.stopReason) return;
    this.stopReason = reason;
    this.holder?.stop(reason);
    this.#controller.abort(reason);
  }
}
