import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import { AnswerCutOff } from '../answer-cut-off.ts';
import type { Exchange } from './exchange.ts';
import { formatRequest } from './format-request.ts';
import { ResponseReader, type ResponseSink } from './response-reader.ts';

export interface ConnectionOwner {
  /** The connection has had its answer and may carry another exchange. */
  onIdle(connection: Connection): void;
  /** The connection is gone. */
  onClose(connection: Connection): void;
}

/** One socket to a subgraph and the one exchange it carries: no pipelining, so no answer waits for another. */
export class Connection implements ResponseSink {
  readonly openedAtMs = performance.now();
  idleUntilMs = 0;
  /** What the other side said about how long it keeps idle connections (Keep-Alive: timeout=…). */
  keepAliveHintMs = Number.POSITIVE_INFINITY;
  readonly #socket: Socket;
  readonly #owner: ConnectionOwner;
  readonly #reader = new ResponseReader(this);
  #exchange: Exchange | undefined;
  #end: 'reusable' | 'last' | undefined;
  #error: Error | undefined;

  constructor(socket: Socket, owner: ConnectionOwner) {
    this.#socket = socket;
    this.#owner = owner;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('end', () => this.#readEnd());
    socket.on('error', (error) => (this.#error ??= error));
    socket.on('close', () => this.#closed());
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed && this.#socket.writable;
  }

  /** @throws Error when the request cannot be written as HTTP; nothing was sent then */
  send(exchange: Exchange, host: string): void {
    const { latin1, utf8 } = formatRequest(exchange.request, host);
    const socket = this.#socket;
    this.#exchange = exchange;
    exchange.carrier = this;
    this.#reader.expect();
    socket.ref();
    if (utf8 === undefined) {
      // One string, one write: half the cost of head and body apart.
      socket.write(latin1, 'latin1');
      return;
    }
    socket.cork();
    socket.write(latin1, 'latin1');
    socket.write(utf8, 'utf8');
    socket.uncork();
  }

  /** Ends the connection, and with it the exchange it carries. */
  destroy(reason?: Error): void {
    this.#error ??= reason;
    this.#reader.stop();
    this.#socket.destroy();
    this.#fail();
  }

  /** Idle connections keep no process alive. */
  rest(untilMs: number): void {
    this.idleUntilMs = untilMs;
    this.#socket.unref();
  }

  onHead(status: number, headers: IncomingHttpHeaders): void {
    const hint = headers['keep-alive'];
    if (typeof hint === 'string') this.keepAliveHintMs = readHintMs(hint);
    const exchange = this.#exchange;
    exchange?.responder.onResponseStart?.(exchange, status, headers);
  }

  onBody(chunk: Buffer): void {
    const exchange = this.#exchange;
    exchange?.responder.onResponseData?.(exchange, chunk);
  }

  onEnd(isReusable: boolean): void {
    this.#end = isReusable ? 'reusable' : 'last';
  }

  #read(chunk: Buffer): void {
    try {
      this.#reader.push(chunk);
    } catch (error) {
      this.destroy(error as Error);
      return;
    }
    this.#finish();
  }

  #readEnd(): void {
    if (this.#reader.end()) this.#finish();
  }

  /**
   * Hands over a complete answer. Not before all bytes that came with it were read: the connection must not carry the
   * next exchange while bytes that belong to none are left.
   */
  #finish(): void {
    const end = this.#end;
    const exchange = this.#exchange;
    if (!end || !exchange) return;
    this.#end = undefined;
    this.#release(exchange);
    // Answered before the request was written to its end: what is left of it would garble the next one.
    if (end === 'reusable' && this.#socket.writableLength === 0) this.#owner.onIdle(this);
    else this.#socket.destroy();
    exchange.responder.onResponseEnd?.(exchange, {});
  }

  #closed(): void {
    this.#fail();
    this.#owner.onClose(this);
  }

  #fail(): void {
    const exchange = this.#exchange;
    if (!exchange) return;
    this.#release(exchange);
    exchange.fail(this.#error ?? new AnswerCutOff('connection'));
  }

  /** From here on an abort of the exchange is none of this connection's business. */
  #release(exchange: Exchange): void {
    exchange.carrier = undefined;
    this.#exchange = undefined;
  }
}

/** A connection is given up a moment before the other side does, as a request would cross its end. */
const hintMarginMs = 1_000;

function readHintMs(header: string): number {
  const seconds = /timeout=(\d{1,6})/i.exec(header)?.[1];
  if (seconds === undefined) return Number.POSITIVE_INFINITY;
  return Math.max(0, Number(seconds) * 1000 - hintMarginMs);
}
