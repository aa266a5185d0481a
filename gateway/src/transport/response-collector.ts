import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';

/** What came back over the socket, complete and within its limit. */
export interface CollectedResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** The answer grew over the limit; reading stopped there. */
export class ResponseTooLarge extends Error {
  override readonly name = 'ResponseTooLarge';
  constructor(limitBytes: number) {
    super(`the answer is larger than ${limitBytes} bytes`);
  }
}

const empty = Buffer.alloc(0);
const noHeaders: IncomingHttpHeaders = Object.freeze({});

/**
 * Collects one answer of a dispatcher. The size is counted while the body streams in, and the socket is destroyed at
 * the first byte over the limit. Whoever extends it is told once how it ended.
 */
export abstract class ResponseCollector implements Dispatcher.DispatchHandler {
  /** True once the first byte of an answer has come: from then on nothing may be sent again. */
  hasBegun = false;
  readonly #limitBytes: number;
  #controller: Dispatcher.DispatchController | undefined = undefined;
  #abortReason: Error | undefined = undefined;
  #status = 0;
  #headers: IncomingHttpHeaders = noHeaders;
  #first: Buffer | undefined = undefined;
  #more: Buffer[] | undefined = undefined;
  #length = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /** The answer is there, or none will come and why. */
  protected abstract end(error: Error | undefined, response: CollectedResponse | undefined): void;

  /** Ends the exchange: its socket is destroyed, or never written to if it still waits for one. */
  abort(reason: Error): void {
    this.#abortReason = reason;
    this.#controller?.abort(reason);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#abortReason) controller.abort(this.#abortReason);
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
  ): void {
    this.hasBegun = true;
    if (status < 200) return;
    this.#status = status;
    this.#headers = headers;
    const announced = headers['content-length'];
    if (announced !== undefined && Number(announced) > this.#limitBytes) {
      controller.abort(new ResponseTooLarge(this.#limitBytes));
    }
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#length += chunk.length;
    if (this.#length > this.#limitBytes) {
      this.#more = undefined;
      controller.abort(new ResponseTooLarge(this.#limitBytes));
    } else if (!this.#first) this.#first = chunk;
    else if (this.#more) this.#more.push(chunk);
    else this.#more = [this.#first, chunk];
  }

  onResponseEnd(): void {
    const body = this.#more ? Buffer.concat(this.#more, this.#length) : (this.#first ?? empty);
    this.end(undefined, { status: this.#status, headers: this.#headers, body });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.end(error, undefined);
  }
}
