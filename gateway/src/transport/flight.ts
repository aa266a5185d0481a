import type { Deadline } from '@trellis/platform/deadline';
import { continueTrace } from '@trellis/platform/trace-context';
import { fetchChannel, recordedFetchChannel, type FetchRecord } from '../channels.ts';
import type { GatewayErrorCode } from '../errors.ts';
import type { CallerSignal, RequestContext } from '../request.ts';
import type { FetchContext } from './fetch-context.ts';
import { FetchFailure } from './fetch-failure.ts';
import type { SubgraphRequest, SubgraphResponse } from './subgraph-fetch.ts';
import { unwatch, watch } from './sweeper.ts';

interface Waiter {
  readonly fetches: FetchRecord[] | undefined;
  readonly signal: CallerSignal;
  readonly endsAtMs: number;
  resolve(response: SubgraphResponse): void;
  reject(reason: unknown): void;
}

export interface FlightLimits {
  /** The whole time for the fetch, the body of the answer included. */
  readonly limitMs: number;
  /** Whose limit that is: a subgraph is not to blame when its caller had less time than it is given. */
  readonly limitedBy: 'caller' | 'subgraph';
  /** Called once, when the flight can no longer be joined. */
  readonly whenOver?: () => void;
}

/**
 * One fetch under way and those who wait for it. A waiter who leaves, or whose time is over, takes only itself out;
 * the fetch is stopped when the last one has gone or when its own time is over.
 */
export class Flight implements FetchContext, Deadline {
  readonly id: RequestContext['id'];
  readonly identity: RequestContext['identity'];
  readonly headers: RequestContext['headers'];
  readonly trace: RequestContext['trace'];
  readonly startedAtMs = performance.now();
  readonly endsAtMs: number;
  attempt = 0;
  lastInstance: object | undefined = undefined;
  receivedBytes = 0;
  watchPlace = 0;
  /** What is fetched, for those who count fetches. */
  request: SubgraphRequest | undefined = undefined;
  #callers = 0;
  readonly #parentSpanId: string;
  readonly #subgraph: string;
  readonly #limits: FlightLimits;
  readonly #waiters: Waiter[] = [];
  readonly #stops: ((reason: FetchFailure) => void)[] = [];
  #controller: AbortController | undefined;
  #stopReason: FetchFailure | undefined;
  #isOver = false;

  /**
   * @param caller the first who asks: its request id and trace travel with the fetch
   */
  constructor(subgraph: string, caller: RequestContext, limits: FlightLimits) {
    this.id = caller.id;
    this.identity = caller.identity;
    this.headers = caller.headers;
    const { trace } = caller;
    this.trace = trace.isRecorded === true ? continueTrace(trace) : trace;
    this.#parentSpanId = trace.parentId;
    this.endsAtMs = this.startedAtMs + limits.limitMs;
    this.#subgraph = subgraph;
    this.#limits = limits;
    watch(this);
  }

  get deadline(): Deadline {
    return this;
  }

  remainingMs(): number {
    return Math.max(0, this.endsAtMs - performance.now());
  }

  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#stopReason) this.#controller.abort(this.#stopReason);
    }
    return this.#controller.signal;
  }

  /** @param limitMs how long this caller waits at most */
  join(caller: RequestContext, limitMs: number): Promise<SubgraphResponse> {
    this.#callers += 1;
    return new Promise((resolve, reject) => {
      this.#waiters.push({
        fetches: caller.fetches,
        signal: caller.signal,
        endsAtMs: performance.now() + limitMs,
        resolve,
        reject,
      });
    });
  }

  whenStopped(stop: (reason: FetchFailure) => void): () => void {
    if (this.#stopReason) {
      stop(this.#stopReason);
      return () => undefined;
    }
    this.#stops.push(stop);
    return () => {
      const at = this.#stops.indexOf(stop);
      if (at !== -1) this.#stops.splice(at, 1);
    };
  }

  check(nowMs: number): void {
    for (let at = this.#waiters.length - 1; at >= 0; at -= 1) {
      const waiter = this.#waiters[at];
      if (!waiter) continue;
      const hasLeft = waiter.signal.aborted;
      if (!hasLeft && (nowMs < waiter.endsAtMs || waiter.endsAtMs >= this.endsAtMs)) continue;
      this.#waiters.splice(at, 1);
      waiter.reject(hasLeft ? this.#callerLeft() : this.#outOfTime('caller'));
    }
    if (this.#waiters.length === 0) this.#stop(this.#callerLeft());
    else if (nowMs >= this.endsAtMs) this.#stop(this.#outOfTime(this.#limits.limitedBy));
  }

  settle(response: SubgraphResponse | undefined, reason: unknown): void {
    if (response) this.succeed(response);
    else this.fail(reason);
  }

  succeed(response: SubgraphResponse): void {
    this.#end(response, undefined);
    for (const waiter of this.#waiters) waiter.resolve(response);
  }

  fail(reason: unknown): void {
    this.#end(undefined, reason);
    for (const waiter of this.#waiters) waiter.reject(reason);
  }

  #stop(reason: FetchFailure): void {
    if (this.#isOver) return;
    this.#stopReason = reason;
    for (const stop of this.#stops.splice(0)) stop(reason);
    this.#controller?.abort(reason);
    this.fail(reason);
  }

  #end(response: SubgraphResponse | undefined, reason: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    unwatch(this);
    this.#limits.whenOver?.();
    this.#note(response, reason);
  }

  /** Tells those who listen, before those who wait. */
  #note(response: SubgraphResponse | undefined, reason: unknown): void {
    const isNoted = this.#waiters.some((waiter) => waiter.fetches);
    const isRecorded = this.trace.isRecorded === true;
    if (!this.request || !(isNoted || isRecorded || fetchChannel.hasSubscribers)) return;
    const { subgraph, kind, batch, body } = this.request;
    const record: FetchRecord = {
      subgraph,
      kind,
      startedAt: this.startedAtMs,
      endedAt: performance.now(),
      attempts: this.attempt + 1,
      code: response ? undefined : codeOf(reason),
      errorCount: response?.errors?.length ?? 0,
      callers: this.#callers,
      operations: batch?.operations ?? 1,
      representations: batch?.representations ?? 0,
      sentBytes: body.length,
      receivedBytes: this.receivedBytes,
      trace: this.trace,
      parentSpanId: this.#parentSpanId,
    };
    for (const { fetches } of this.#waiters) fetches?.push(record);
    if (fetchChannel.hasSubscribers) fetchChannel.publish(record);
    if (isRecorded) recordedFetchChannel.publish(record);
  }

  #callerLeft(): FetchFailure {
    return new FetchFailure('DEADLINE_EXCEEDED', this.#subgraph, {
      detail: 'everyone who waited for this fetch has left',
      blame: 'caller',
    });
  }

  #outOfTime(blame: 'caller' | 'subgraph'): FetchFailure {
    const elapsedMs = Math.round(performance.now() - this.startedAtMs);
    return new FetchFailure('SUBGRAPH_TIMEOUT', this.#subgraph, {
      detail: `no complete answer after ${elapsedMs} ms`,
      blame,
    });
  }
}

function codeOf(reason: unknown): GatewayErrorCode {
  return reason instanceof FetchFailure ? reason.code : 'INTERNAL_SERVER_ERROR';
}
