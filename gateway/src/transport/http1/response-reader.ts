import type { IncomingHttpHeaders } from 'node:http';
import { MalformedResponse } from './malformed-response.ts';
import { parseHead, type ResponseHead } from './parse-head.ts';

/** What a reader has read. Each call may make the reader's owner stop it. */
export interface ResponseSink {
  onHead(status: number, headers: IncomingHttpHeaders): void;
  onBody(chunk: Buffer): void;
  /** @param isReusable whether the connection may carry another exchange */
  onEnd(isReusable: boolean): void;
}

type State =
  | 'head'
  | 'fixedBody'
  | 'chunkSize'
  | 'chunkData'
  | 'chunkEnd'
  | 'trailer'
  | 'bodyUntilClose'
  | 'ended'
  | 'stopped';

const maxHeadBytes = 16 * 1024;
const maxLineBytes = 4 * 1024;
const incomplete = -1;

/**
 * Reads one HTTP/1.1 response after the other from the bytes of one connection (RFC 9112). Strict: what does not
 * follow the grammar is refused, as a length that is misread would give one caller the answer of another.
 */
export class ResponseReader {
  readonly #sink: ResponseSink;
  #state: State = 'ended';
  #pending: Buffer | undefined;
  /** Bytes of the body, or of the chunk, that are still to come. */
  #remaining = 0;
  #trailerBytes = 0;
  #isReusable = true;

  constructor(sink: ResponseSink) {
    this.#sink = sink;
  }

  /** Expects the response to a request that has been written. */
  expect(): void {
    this.#state = 'head';
    this.#isReusable = true;
  }

  /** Reads nothing more of the response under way. */
  stop(): void {
    this.#state = 'stopped';
    this.#pending = undefined;
  }

  /** @throws MalformedResponse the connection must be destroyed then */
  push(chunk: Buffer): void {
    let bytes = chunk;
    if (this.#pending) {
      bytes = Buffer.concat([this.#pending, chunk]);
      this.#pending = undefined;
    }
    let at = 0;
    while (at < bytes.length) {
      const next = this.#read(bytes, at);
      if (next === incomplete) {
        this.#pending = at === 0 ? bytes : bytes.subarray(at);
        return;
      }
      at = next;
    }
  }

  /**
   * The other side has sent its last byte.
   * @returns whether that ended the response rightly: only a body without any length ends so (RFC 9112 §6.3)
   */
  end(): boolean {
    if (this.#state !== 'bodyUntilClose') return false;
    this.#finish();
    return true;
  }

  #read(bytes: Buffer, at: number): number {
    switch (this.#state) {
      case 'head':
        return this.#readHead(bytes, at);
      case 'fixedBody':
      case 'chunkData':
      case 'bodyUntilClose':
        return this.#readBody(bytes, at);
      case 'chunkSize':
        return this.#readChunkSize(bytes, at);
      case 'chunkEnd':
        return this.#readChunkEnd(bytes, at);
      case 'trailer':
        return this.#readTrailer(bytes, at);
      case 'ended':
        // Either more than was announced, or an answer to a question nobody asked.
        throw new MalformedResponse('bytes after the end of a response');
      case 'stopped':
        return bytes.length;
    }
  }

  #readHead(bytes: Buffer, at: number): number {
    const end = bytes.indexOf('\r\n\r\n', at, 'latin1');
    if ((end === -1 ? bytes.length : end) - at > maxHeadBytes) {
      throw new MalformedResponse(`a head of more than ${maxHeadBytes} bytes`);
    }
    if (end === -1) return incomplete;
    const head = parseHead(bytes.toString('latin1', at, end));
    this.#startBody(head);
    return end + 4;
  }

  #startBody({ status, headers, framing, isPersistent }: ResponseHead): void {
    // Informational: the real answer follows (RFC 9110 §15.2).
    if (status < 200) return;
    this.#isReusable = isPersistent;
    if (framing === 'chunked') this.#state = 'chunkSize';
    else if (framing === 'untilClose') this.#state = 'bodyUntilClose';
    else {
      this.#state = 'fixedBody';
      this.#remaining = framing;
    }
    const isEmpty = framing === 0;
    this.#sink.onHead(status, headers);
    if (isEmpty && this.#state === 'fixedBody') this.#finish();
  }

  #readBody(bytes: Buffer, at: number): number {
    if (this.#state === 'bodyUntilClose') {
      this.#sink.onBody(at === 0 ? bytes : bytes.subarray(at));
      return bytes.length;
    }
    const end = Math.min(bytes.length, at + this.#remaining);
    const part = at === 0 && end === bytes.length ? bytes : bytes.subarray(at, end);
    this.#remaining -= end - at;
    this.#sink.onBody(part);
    if (this.#remaining === 0) {
      if (this.#state === 'chunkData') this.#state = 'chunkEnd';
      else if (this.#state === 'fixedBody') this.#finish();
    }
    return end;
  }

  #readChunkSize(bytes: Buffer, at: number): number {
    const end = this.#lineEnd(bytes, at);
    if (end === incomplete) return incomplete;
    // Extensions after a semicolon mean nothing to us (RFC 9112 §7.1.1).
    const size = /^([0-9a-f]{1,8})[ \t]*(?:;|$)/i.exec(bytes.toString('latin1', at, end))?.[1];
    if (size === undefined) throw new MalformedResponse('a chunk without a size');
    this.#remaining = Number.parseInt(size, 16);
    this.#trailerBytes = 0;
    this.#state = this.#remaining === 0 ? 'trailer' : 'chunkData';
    return end + 2;
  }

  #readChunkEnd(bytes: Buffer, at: number): number {
    const end = this.#lineEnd(bytes, at);
    if (end === incomplete) return incomplete;
    if (end !== at) throw new MalformedResponse('a chunk longer than its size');
    this.#state = 'chunkSize';
    return end + 2;
  }

  /** Trailers are read away: nothing of a GraphQL answer is in them. */
  #readTrailer(bytes: Buffer, at: number): number {
    const end = this.#lineEnd(bytes, at);
    if (end === incomplete) return incomplete;
    this.#trailerBytes += end - at;
    if (this.#trailerBytes > maxHeadBytes) throw new MalformedResponse('trailers without end');
    if (end === at) this.#finish();
    return end + 2;
  }

  #lineEnd(bytes: Buffer, at: number): number {
    const end = bytes.indexOf('\r\n', at, 'latin1');
    if ((end === -1 ? bytes.length : end) - at > maxLineBytes) {
      throw new MalformedResponse('a line without end');
    }
    return end;
  }

  #finish(): void {
    this.#state = 'ended';
    this.#sink.onEnd(this.#isReusable);
  }
}
