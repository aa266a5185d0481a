import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import type { Exchange, Mode } from './faulty-subgraph.ts';

/** Stands in what belongs to no answer: whoever gets it was given another one's bytes. */
export const foreign = 'ANOTHER-ANSWER';

type Raw = (text: string) => string | Buffer;

const json = 'content-type: application/json\r\n';

/** How long a socket stays that is to stay: Node's server, which knows nothing of what was written, must not use it again. */
const stayMs = 20;

/** Writes bytes as they are and closes, unless told to stay for a moment. */
function raw(make: Raw, stays = false): Mode {
  return ({ request: { socket }, right }) => {
    const bytes = make(JSON.stringify(right));
    if (!stays) socket.end(bytes);
    else {
      socket.write(bytes);
      setTimeout(() => socket.end(), stayMs);
    }
  };
}

function withLength(text: string, head = ''): string {
  return `HTTP/1.1 200 OK\r\n${json}${head}content-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
}

function chunked(text: string, trailers = ''): string {
  const half = Math.ceil(text.length / 2);
  const chunks = [text.slice(0, half), text.slice(half)];
  const body = chunks.map((part) => `${part.length.toString(16)}\r\n${part}\r\n`).join('');
  return `HTTP/1.1 200 OK\r\n${json}transfer-encoding: chunked\r\n\r\n${body}0\r\n${trailers}\r\n`;
}

function encoded(encoding: string, encode: (text: string) => Buffer): Mode {
  return ({ right, reply }) =>
    reply(encode(JSON.stringify(right)), {
      'content-type': 'application/json',
      'content-encoding': encoding,
    });
}

const spaces = Buffer.alloc(100 * 1024 * 1024, 0x20);
const bombs = new Map<string, Buffer>();

function bomb(encoding: string, encode: (bytes: Buffer) => Buffer): Mode {
  return encoded(encoding, () => {
    let made = bombs.get(encoding);
    if (!made) bombs.set(encoding, (made = encode(spaces)));
    return made;
  });
}

/** Early hints, hundreds of them: more than anybody sends, and allowed (RFC 9110 §15.2). */
const hints = 'HTTP/1.1 103 Early Hints\r\nlink: </style.css>\r\n\r\n'.repeat(300);

/** An answer nobody asked for, on a socket that waits for its next request. */
function late({ request: { socket }, right }: Exchange): void {
  socket.write(withLength(JSON.stringify(right)));
  const more = JSON.stringify({ data: { products: [{ label: foreign }] } });
  setTimeout(() => socket.end(withLength(more)), 2);
}

/** Unusual bytes that hold the right answer, and must be read as that. */
export const oddButRight: Readonly<Record<string, Mode>> = {
  'early-hints': raw((text) => hints + withLength(text), true),
  continue: raw((text) => `HTTP/1.1 100 Continue\r\n\r\n${withLength(text)}`, true),
  trailers: raw((text) => chunked(text, 'content-length: 3\r\nset-cookie: a=stolen\r\n'), true),
  'chunk-extensions': raw(
    (text) => chunked(text).replace('\r\n0\r\n', '\r\n0;done="yes"\r\n'),
    true,
  ),
  'same-length-twice': raw((text) => withLength(text, `content-length: ${text.length}\r\n`), true),
  'headers-twice': raw((text) => withLength(text, `${json}vary: a\r\nvary: b\r\n`), true),
  'no-reason': raw((text) => withLength(text).replace('200 OK', '200'), true),
  'http-1.0': raw((text) => `HTTP/1.0 200 OK\r\n${json}\r\n${text}`),
  'until-close': raw((text) => `HTTP/1.1 200 OK\r\n${json}\r\n${text}`),
  'byte-order-mark': ({ right, reply }) => reply(`\uFEFF${JSON.stringify(right)}`),
  'charset-latin1': ({ right, reply }) =>
    reply(JSON.stringify(right), { 'content-type': 'application/json; charset=iso-8859-1' }),
  identity: encoded('identity', (text) => Buffer.from(text)),
  deflate: encoded('deflate', deflateSync),
  brotli: encoded('br', brotliCompressSync),
  'late-answer': late,
};

/** Bytes that hold no answer. */
export const oddAndWrong: Readonly<Record<string, Mode>> = {
  'switching-protocols': raw(() => 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n'),
  'length-too-short': raw((text) => withLength(text).replace(/length: \d+/, 'length: 20'), true),
  'length-too-long': raw((text) => withLength(text).replace(/length: \d+/, 'length: 99999')),
  'lengths-differ': raw((text) => withLength(text, 'content-length: 7\r\n'), true),
  'negative-length': raw((text) => withLength(text).replace(/length: \d+/, 'length: -1'), true),
  'length-and-chunks': raw((text) => chunked(text).replace(json, 'content-length: 9\r\n'), true),
  'chunk-too-long': raw((text) =>
    chunked(text).replace(/\r\n\r\n[\da-f]+\r\n/, '\r\n\r\nfffffff\r\n'),
  ),
  'line-feeds-only': raw((text) => withLength(text).replaceAll('\r\n', '\n')),
  'header-of-100-kb': raw((text) => withLength(text, `x: ${'a'.repeat(100_000)}\r\n`), true),
  'headers-by-the-thousand': raw(
    (text) => withLength(text, 'x-internal: 1\r\n'.repeat(5_000)),
    true,
  ),
  'trailers-by-the-thousand': raw((text) => chunked(text, 'x-internal: 1\r\n'.repeat(5_000)), true),
  'folded-header': raw((text) => withLength(text, 'a: b\r\n c: d\r\n'), true),
  utf16: ({ right, reply }) =>
    reply(Buffer.from(`\uFEFF${JSON.stringify(right)}`, 'utf16le'), {
      'content-type': 'application/json; charset=utf-16',
    }),
  'gzip-truncated': encoded('gzip', (text) => gzipSync(text).subarray(0, -12)),
  'gzip-corrupt': encoded('gzip', (text) => gzipSync(text).fill(0xaa, 14, 30)),
  'gzip-twice': encoded('gzip, gzip', (text) => gzipSync(gzipSync(text))),
  'says-gzip': encoded('gzip', (text) => Buffer.from(text)),
  'says-brotli': encoded('br', (text) => Buffer.from(text)),
  'unknown-encoding': encoded('snappy', (text) => Buffer.from(text)),
  'deflate-bomb': bomb('deflate', deflateSync),
  'brotli-bomb': bomb('br', (bytes) => brotliCompressSync(bytes, { params: { 1: 1 } })),
};
