const contentLength = /\r\ncontent-length: *(\d+)/i;
const maximumHeadBytes = 16_384;

/** What is left of a response when only its size matters. */
export interface CountedResponse {
  readonly status: number;
  readonly bodyBytes: number;
}

/**
 * Reads responses off one connection and only counts their bytes: the load generator must cost next to nothing.
 * Understands Content-Length and chunked bodies (RFC 9112 §6 and §7.1).
 */
export class ResponseCounter {
  readonly #onResponse: (response: CountedResponse) => void;
  #state: 'head' | 'fixed' | 'chunkSize' | 'chunkData' | 'trailer' = 'head';
  /** Text of an unfinished head or chunk-size line. */
  #text = '';
  #remaining = 0;
  #status = 0;
  #bodyBytes = 0;

  constructor(onResponse: (response: CountedResponse) => void) {
    this.#onResponse = onResponse;
  }

  /** @param length how many bytes of the buffer are valid */
  push(buffer: Buffer, length: number): void {
    let at = 0;
    while (at < length) {
      if (this.#state === 'head') at = this.#readHead(buffer, at, length);
      else if (this.#state === 'fixed' || this.#state === 'chunkData') at = this.#skip(at, length);
      else at = this.#readLine(buffer, at, length);
    }
  }

  #readHead(buffer: Buffer, at: number, length: number): number {
    const before = this.#text.length;
    this.#text += buffer.toString('latin1', at, Math.min(length, at + maximumHeadBytes));
    const end = this.#text.indexOf('\r\n\r\n');
    if (end === -1) {
      if (this.#text.length > maximumHeadBytes) throw new Error('Response head too long.');
      return length;
    }
    const head = this.#text.slice(0, end);
    this.#text = '';
    this.#status = Number(head.slice(9, 12));
    this.#bodyBytes = 0;
    const fixed = contentLength.exec(head)?.[1];
    this.#state = fixed === undefined ? 'chunkSize' : 'fixed';
    this.#remaining = Number(fixed ?? 0);
    if (this.#state === 'fixed' && this.#remaining === 0) this.#finish();
    return at + end + 4 - before;
  }

  #skip(at: number, length: number): number {
    const taken = Math.min(this.#remaining, length - at);
    this.#remaining -= taken;
    if (this.#state === 'fixed') {
      this.#bodyBytes += taken;
      if (this.#remaining === 0) this.#finish();
    } else if (this.#remaining === 0) {
      this.#state = 'chunkSize';
    }
    return at + taken;
  }

  #readLine(buffer: Buffer, at: number, length: number): number {
    const newline = buffer.indexOf(10, at);
    if (newline === -1 || newline >= length) {
      this.#text += buffer.toString('latin1', at, length);
      return length;
    }
    const line = this.#text + buffer.toString('latin1', at, newline - 1);
    this.#text = '';
    if (this.#state === 'trailer') {
      if (line.trim() === '') this.#finish();
    } else {
      this.#startChunk(Number.parseInt(line, 16));
    }
    return newline + 1;
  }

  #startChunk(size: number): void {
    if (Number.isNaN(size)) throw new Error('Malformed chunk size in a response.');
    this.#bodyBytes += size;
    this.#state = size === 0 ? 'trailer' : 'chunkData';
    this.#remaining = size + 2;
  }

  #finish(): void {
    this.#state = 'head';
    this.#onResponse({ status: this.#status, bodyBytes: this.#bodyBytes });
  }
}
