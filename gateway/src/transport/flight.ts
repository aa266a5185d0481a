import type { Deadline } from '@trellis/platform/deadline';
import { continueTrace } from '@trellis/platform/trace-context';
import { fetchChannel, recordedFetchChannel, type FetchRecord } from '../channels.ts';
import type { GatewayErrorCode } from '../errors.ts';
import type { CallerSignal, RequestContext } from '../request.ts';
import type { FetchContext, FetchHolder, FinishTry } from './fetch-context.ts';
import { FetchFailure } from './fetch-failure.ts';
import type { SubgraphRequest, SubgraphResponse } from './subgraph-fetch.ts';
import { unwatch, watch } from './sweeper.ts';

interface Waiter {
  readonly fetches: FetchRecord[] | undefined;
  readonly signal: CallerSignal;
  readonly endsAtMs: number;
  readonly resolve: (response: SubgraphResponse) => void;
  readonly reject: (reason: unknown) => void;
}

/** What all flights to one subgraph have in common. */
export interface FlightKeeper {
  readonly subgraph: string;
  /** How long a fetch may take, the body of the answer included. */
  readonly timeoutMs: number;
  /** Called once, when the flight can no longer be joined. */
  onOver(flight: Flight): void;
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
  readonly request: SubgraphRequest;
  readonly startedAtMs = performance.now();
  readonly endsAtMs: number;
  attempt = 0;
  lastInstance: object | undefined = undefined;
  receivedBytes = 0;
  holder: FetchHolder | undefined = undefined;
  stopReason: FetchFailure | undefined = undefined;
  finishTry: FinishTry | undefined = undefined;
  watchPlace = 0;
  /** Where it stands in a FlightTable. */
  hash = 0;
  nextInTable: Flight | undefined = undefined;
  readonly #keeper: FlightKeeper;
  readonly #parentSpanId: string;
  /** A subgraph is not to blame when its caller had less time than it is given. */
  readonly #isLimitedByCaller: boolean;
  /** Most flights have one waiter, who needs no list. */
  #waiter: Waiter | undefined = undefined;
  #otherWaiters: Waiter[] | undefined = undefined;
  #callers = 0;
  #controller: AbortController | undefined = undefined;
  #isOver = false;

  /**
   * @param caller the first who asks: its request id and trace travel with the fetch
   * @param limitMs the whole time for it
   */
  constructor(
    keeper: FlightKeeper,
    request: SubgraphRequest,
    caller: RequestContext,
    limitMs: number,
  ) {
    const { trace } = caller;
    this.id = caller.id;
    this.identity = caller.identity;
    this.headers = caller.headers;
    this.trace = trace.isRecorded === true ? continueTrace(trace) : trace;
    this.request = request;
    this.endsAtMs = this.startedAtMs + limitMs;
    this.#keeper = keeper;
    this.#isLimitedByCaller = limitMs < keeper.timeoutMs;
    this.#parentSpanId = trace.parentId;
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
      if (this.stopReason) this.#controller.abort(this.stopReason);
    }
    return this.#controller.signal;
  }

  /** @param limitMs how long this caller waits at most */
  join(caller: RequestContext, limitMs: number): Promise<SubgraphResponse> {
    this.#callers += 1;
    const isFirst = this.#callers === 1;
    const endsAtMs = limitMs + (isFirst ? this.startedAtMs : performance.now());
    const { fetches, signal } = caller;
    return new Promise((resolve, reject) => {
      const waiter: Waiter = { fetches, signal, endsAtMs, resolve, reject };
      if (isFirst) this.#waiter = waiter;
      else (this.#otherWaiters ??= []).push(waiter);
    });
  }

  check(nowMs: number): void {
    if (this.#waiter && this.#isDone(this.#waiter, nowMs)) this.#waiter = undefined;
    const others = this.#otherWaiters?.filter((waiter) => !this.#isDone(waiter, nowMs));
    this.#otherWaiters = others;
    if (!this.#waiter && !others?.length) this.#stop(this.#callerLeft());
    else if (nowMs >= this.endsAtMs) {
      this.#stop(this.#outOfTime(this.#isLimitedByCaller ? 'caller' : 'subgraph'));
    }
  }

  settle(response: SubgraphResponse | undefined, reason: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    unwatch(this);
    this.#keeper.onOver(this);
    if (this.#isNoted) this.#note(response, reason);
    if (this.#waiter) tell(this.#waiter, response, reason);
    if (this.#otherWaiters) for (const waiter of this.#otherWaiters) tell(waiter, response, reason);
  }

  /** Whether a waiter waits no more; it has been told then. The end of the flight itself is the same for all. */
  #isDone(waiter: Waiter, nowMs: number): boolean {
    const hasLeft = waiter.signal.aborted;
    if (!hasLeft && (nowMs < waiter.endsAtMs || waiter.endsAtMs >= this.endsAtMs)) return false;
    waiter.reject(hasLeft ? this.#callerLeft() : this.#outOfTime('caller'));
    return true;
  }

  #stop(reason: FetchFailure): void {
    if (this.#isOver) return;
    this.stopReason = reason;
    this.holder?.stop(reason);
    this.#controller?.abort(reason);
    this.settle(undefined, reason);
  }

  /** Whether anybody listens. */
  get #isNoted(): boolean {
    if (this.trace.isRecorded === true || fetchChannel.hasSubscribers) return true;
    if (this.#waiter?.fetches) return true;
    return this.#otherWaiters?.some(({ fetches }) => fetches) ?? false;
  }

  /** Tells those who listen, before those who wait. */
  #note(response: SubgraphResponse | undefined, reason: unknown): void {
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
    this.#waiter?.fetches?.push(record);
    if (this.#otherWaiters) for (const { fetches } of this.#otherWaiters) fetches?.push(record);
    if (fetchChannel.hasSubscribers) fetchChannel.publish(record);
    if (this.trace.isRecorded === true) recordedFetchChannel.publish(record);
  }

  #callerLeft(): FetchFailure {
    return new FetchFailure('DEADLINE_EXCEEDED', this.#keeper.subgraph, {
      detail: 'everyone who waited for this fetch has left',
      blame: 'caller',
    });
  }

  #outOfTime(blame: 'caller' | 'subgraph'): FetchFailure {
    const elapsedMs = Math.round(performance.now() - this.startedAtMs);
    return new FetchFailure('SUBGRAPH_TIMEOUT', this.#keeper.subgraph, {
      detail: `no complete answer after ${elapsedMs} ms`,
      blame,
    });
  }
}

function tell(waiter: Waiter, response: SubgraphResponse | undefined, reason: unknown): void {
  if (response) waiter.resolve(response);
  else waiter.reject(reason);
}

function codeOf(reason: unknown): GatewayErrorCode {
  return reason instanceof FetchFailure ? reason.code : 'INTERNAL_SERVER_ERROR';
}
