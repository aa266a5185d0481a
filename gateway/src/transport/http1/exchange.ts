import type { Dispatcher } from 'undici';
import type { RequestHeaders } from '../request-headers.ts';

/** What is sent: always a POST of JSON text. */
export interface ExchangeRequest {
  readonly path: string;
  readonly method: 'POST';
  readonly headers: RequestHeaders;
  readonly body: string;
}

/** One request on its way and what its owner may do with it. It has the form that undici's handlers know. */
export class Exchange implements Dispatcher.DispatchController {
  readonly request: ExchangeRequest;
  readonly responder: Dispatcher.DispatchHandler;
  readonly #onAbort: (exchange: Exchange, reason: Error) => void;
  /** What it travels on, while it does. */
  carrier: { destroy(reason: Error): void } | undefined;
  #reason: Error | null = null;

  constructor(
    request: ExchangeRequest,
    responder: Dispatcher.DispatchHandler,
    onAbort: (exchange: Exchange, reason: Error) => void,
  ) {
    this.request = request;
    this.responder = responder;
    this.#onAbort = onAbort;
  }

  get aborted(): boolean {
    return this.#reason !== null;
  }

  get reason(): Error | null {
    return this.#reason;
  }

  /** Answers are collected in memory within a limit: nothing is ever held back. */
  get paused(): boolean {
    return false;
  }

  pause(): void {}

  resume(): void {}

  abort(reason: Error): void {
    if (this.#reason) return;
    this.#reason = reason;
    this.#onAbort(this, reason);
  }

  fail(error: Error): void {
    this.responder.onResponseError?.(this, error);
  }
}
