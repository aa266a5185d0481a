import {
  connect,
  constants,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type IncomingHttpHeaders as Http2Headers,
  type OutgoingHttpHeaders,
} from 'node:http2';
import type { Socket } from 'node:net';
import { AnswerCutOff } from '../answer-cut-off.ts';
import type { Exchange } from '../http1/exchange.ts';

export interface SessionOptions {
  /** A session without streams is closed after this time. 0: with its first stream. */
  readonly maxIdleMs: number;
  /** Nothing of the exchange went out: the session took no new stream any more. */
  readonly onUnsent: (exchange: Exchange) => void;
  /** The session is gone, and with it all its streams. */
  readonly onClose: (session: Session) => void;
}

/** One HTTP/2 connection and the exchanges it carries side by side (RFC 9113). */
export class Session {
  readonly openedAtMs = performance.now();
  readonly #origin: URL;
  readonly #onUnsent: SessionOptions['onUnsent'];
  readonly #http2: ClientHttp2Session;
  #maxIdleMs: number;
  #streams = 0;
  /** When the other side last said something. */
  #heardAtMs = 0;

  /** @param socket connected, and agreed to speak HTTP/2 */
  constructor(origin: URL, socket: Socket, { maxIdleMs, onUnsent, onClose }: SessionOptions) {
    this.#origin = origin;
    this.#onUnsent = onUnsent;
    this.#maxIdleMs = maxIdleMs;
    const session = connect(origin, {
      createConnection: () => socket,
      settings: { enablePush: false },
      // Megabytes. What is read is handed on at once and is no part of it.
      maxSessionMemory: 64,
    });
    this.#http2 = session;
    // Streams tell their own errors. A GOAWAY closes the session: streams under way are finished, and it takes no new ones.
    session.on('error', () => undefined);
    session.on('close', () => onClose(this));
    session.setTimeout(maxIdleMs, () => {
      if (this.#streams === 0) session.close();
    });
    session.unref();
  }

  get isOpen(): boolean {
    return !this.#http2.closed && !this.#http2.destroyed;
  }

  /** Takes no new streams and ends after those under way. */
  close(): void {
    if (this.isOpen) this.#http2.close();
  }

  /** Ends when nothing is under way, also of what was sent just now: Node forgets streams of a session that is closed too early. */
  closeWhenIdle(): void {
    this.#maxIdleMs = 0;
    if (this.#streams === 0) this.close();
  }

  /** Sends a request. Whatever goes wrong is told to the exchange. */
  send(exchange: Exchange): void {
    let stream: ClientHttp2Stream;
    try {
      stream = this.#http2.request(this.#headersOf(exchange));
    } catch (error) {
      if (this.isOpen) exchange.fail(error as Error);
      else this.#onUnsent(exchange);
      return;
    }
    this.#streams += 1;
    this.#http2.ref();
    this.#carry(stream, exchange);
    stream.end(exchange.request.body);
  }

  #carry(stream: ClientHttp2Stream, exchange: Exchange): void {
    const { responder } = exchange;
    const sentAtMs = performance.now();
    let hasHead = false;
    let isOver = false;
    const finish = (error: Error | undefined): void => {
      if (isOver) return;
      isOver = true;
      exchange.carrier = undefined;
      this.#streams -= 1;
      if (this.#streams === 0) this.#http2.unref();
      if (this.#maxIdleMs === 0 && this.#streams === 0) this.close();
      // A stream gets its number when it goes out.
      if (error && stream.id === undefined && !exchange.aborted) this.#onUnsent(exchange);
      else if (error) exchange.fail(error);
      else responder.onResponseEnd?.(exchange, {});
    };
    exchange.carrier = {
      destroy: (reason) => {
        stream.close(constants.NGHTTP2_CANCEL);
        // A connection that has died in silence would take everybody's time.
        if (this.#heardAtMs < sentAtMs) this.close();
        finish(reason);
      },
    };
    stream.on('response', (headers) => {
      this.#heardAtMs = performance.now();
      hasHead = true;
      if (!isOver) responder.onResponseStart?.(exchange, ...readHead(headers));
    });
    stream.on('data', (chunk: Buffer) => {
      this.#heardAtMs = performance.now();
      if (!isOver) responder.onResponseData?.(exchange, chunk);
    });
    stream.on('end', () =>
      finish(hasHead && !stream.aborted ? undefined : new AnswerCutOff('stream')),
    );
    stream.on('error', finish);
    stream.on('close', () => finish(new AnswerCutOff('stream')));
  }

  #headersOf({ request }: Exchange): OutgoingHttpHeaders {
    const { path, method, headers, body } = request;
    const { protocol, host } = this.#origin;
    const fields: OutgoingHttpHeaders = {
      ':method': method,
      ':path': path,
      ':scheme': protocol.slice(0, -1),
      ':authority': host,
      'content-length': Buffer.byteLength(body),
    };
    const list = headers.toList();
    for (let at = 0; at + 1 < list.length; at += 2) fields[list[at] ?? ''] = list[at + 1];
    return fields;
  }
}

function readHead({
  ':status': status = 0,
  ...headers
}: Http2Headers & { readonly ':status'?: number | undefined }): [number, Http2Headers] {
  return [status, headers];
}
