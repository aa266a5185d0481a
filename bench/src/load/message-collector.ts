/** One whole HTTP/1.1 message. */
export interface Message {
  /** Start line and headers as they came, without the empty line. */
  readonly head: string;
  readonly body: string;
}

const contentLength = /\r\ncontent-length: *(\d+)/i;
const chunkedEncoding = /\r\ntransfer-encoding: *chunked/i;

/**
 * Cuts the bytes of one connection into HTTP/1.1 messages (RFC 9112 §6), with no more work than that. Meant for peers
 * we start ourselves: there is no limit on sizes and no defence against malformed input.
 */
export class MessageCollector {
  readonly #onMessage: (message: Message) => void;
  #pending: Buffer | undefined;
  /** While a body is incomplete: do not look again before so many bytes are there. */
  #needed = 0;

  constructor(onMessage: (message: Message) => void) {
    this.#onMessage = onMessage;
  }

  push(chunk: Buffer): void {
    let bytes = this.#pending === undefined ? chunk : Buffer.concat([this.#pending, chunk]);
    this.#pending = undefined;
    while (bytes.length > 0) {
      const end = bytes.length < this.#needed ? -1 : this.#readMessage(bytes);
      if (end === -1) {
        this.#pending = bytes;
        return;
      }
      this.#needed = 0;
      bytes = bytes.subarray(end);
    }
  }

  /** Returns the offset behind the message, or -1 while it is incomplete. */
  #readMessage(bytes: Buffer): number {
    const headEnd = bytes.indexOf('\r\n\r\n');
    if (headEnd === -1) return -1;
    const head = bytes.toString('latin1', 0, headEnd);
    const start = headEnd + 4;
    const length = contentLength.exec(head)?.[1];
    if (length === undefined && chunkedEncoding.test(head)) {
      return this.#readChunked(head, bytes, start);
    }
    const end = start + Number(length ?? 0);
    if (bytes.length < end) {
      this.#needed = end;
      return -1;
    }
    this.#onMessage({ head, body: bytes.toString('utf8', start, end) });
    return end;
  }

  #readChunked(head: string, bytes: Buffer, start: number): number {
    const parts: Buffer[] = [];
    for (let at = start; ;) {
      const lineEnd = bytes.indexOf('\r\n', at);
      if (lineEnd === -1) return -1;
      const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
      at = lineEnd + 2;
      if (bytes.length < at + size + 2) return -1;
      if (size === 0) {
        this.#onMessage({ head, body: Buffer.concat(parts).toString() });
        return at + 2;
      }
      parts.push(bytes.subarray(at, at + size));
      at += size + 2;
    }
  }
}
