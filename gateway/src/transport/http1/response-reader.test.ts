import { describe, expect, test } from '@jest/globals';
import { array, assert, constantFrom, integer, property, string, tuple } from 'fast-check';
import { ResponseReader } from './response-reader.ts';

interface Read {
  status: number;
  headers: Record<string, unknown>;
  body: string;
  isReusable: boolean | undefined;
}

/** Reads responses the way a connection does: one is expected at a time. */
function read(pieces: readonly Buffer[], expected = 1): Read[] {
  const found: Read[] = [];
  const reader = new ResponseReader({
    onHead(status, headers) {
      found.push({ status, headers: { ...headers }, body: '', isReusable: undefined });
    },
    onBody(chunk) {
      const last = found.at(-1);
      if (last) last.body += chunk.toString('latin1');
    },
    onEnd(isReusable) {
      const last = found.at(-1);
      if (last) last.isReusable = isReusable;
      if (found.length < expected) reader.expect();
    },
  });
  reader.expect();
  for (const piece of pieces) reader.push(piece);
  reader.end();
  return found;
}

function readText(text: string): Read {
  const [response] = read([Buffer.from(text, 'latin1')]);
  if (!response) throw new Error('Nothing was read.');
  return response;
}

/** Cuts bytes at the given places. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const sorted = places.map((place) => place % bytes.length).toSorted((a, b) => a - b);
  return [0, ...sorted].map((from, at) => bytes.subarray(from, sorted[at] ?? bytes.length));
}

function chunked(parts: readonly string[]): string {
  const chunks = parts.filter((part) => part !== '');
  return `${chunks.map((part) => `${part.length.toString(16)};x=1\r\n${part}\r\n`).join('')}0\r\ntrailer: 1\r\n\r\n`;
}

const latin1Text = string({
  unit: integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
});

describe('ResponseReader', () => {
  test('reads the same response wherever the bytes were cut', () => {
    assert(
      property(
        array(latin1Text, { maxLength: 4 }),
        constantFrom('fixed', 'chunked', 'untilClose'),
        array(integer({ min: 0, max: 10_000 }), { maxLength: 12 }),
        (parts, framing, places) => {
          const body = parts.join('');
          const heads = {
            fixed: `content-length: ${body.length}\r\n\r\n${body}`,
            chunked: `transfer-encoding: chunked\r\n\r\n${chunked(parts)}`,
            untilClose: `\r\n${body}`,
          };
          const text = `HTTP/1.1 200 OK\r\nX-A: b\r\n${heads[framing]}`;
          const [response] = read(cut(Buffer.from(text, 'latin1'), places));
          expect(response?.body).toBe(body);
          expect(response?.headers['x-a']).toBe('b');
          expect(response?.isReusable).toBe(framing !== 'untilClose');
        },
      ),
    );
  });

  test('never reads past the length that was announced', () => {
    assert(
      property(tuple(latin1Text, latin1Text), ([body, more]) => {
        const text = `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}${more}`;
        if (more === '') expect(readText(text).body).toBe(body);
        else expect(() => readText(text)).toThrow('bytes after the end');
      }),
    );
  });

  test('skips informational responses', () => {
    const early = 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n';
    const response = readText(`${early}HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok`);
    expect(response).toMatchObject({ status: 200, body: 'ok', isReusable: true });
  });

  test.each([
    ['204', 'HTTP/1.1 204 No Content\r\n\r\n'],
    ['304', 'HTTP/1.1 304 Not Modified\r\ncontent-length: 5\r\n\r\n'],
    ['empty', 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'],
  ])('ends a response without a body at its head: %s', (_, text) => {
    expect(readText(text)).toMatchObject({ body: '', isReusable: true });
  });

  test.each([
    ['HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n', false],
    ['HTTP/1.0 200 OK\r\ncontent-length: 0\r\n\r\n', false],
    ['HTTP/1.0 200 OK\r\nconnection: Keep-Alive\r\ncontent-length: 0\r\n\r\n', true],
    ['HTTP/1.1 200 OK\r\nconnection: x, Close\r\ncontent-length: 0\r\n\r\n', false],
  ])('knows whether the connection stays open: %j', (text, isReusable) => {
    expect(readText(text).isReusable).toBe(isReusable);
  });

  test('joins several values of one header', () => {
    const text = 'HTTP/1.1 200 OK\r\nVary: a\r\nvary:b\r\ncontent-length: 0\r\n\r\n';
    expect(readText(text).headers['vary']).toBe('a, b');
  });

  test('keeps a header named __proto__ a mere header', () => {
    const text = 'HTTP/1.1 200 OK\r\n__proto__: x\r\ncontent-length: 0\r\n\r\n';
    expect(Object.hasOwn(readText(text).headers, '__proto__')).toBe(true);
  });

  test.each([
    ['no HTTP', 'SSH-2.0-x\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n'],
    ['lengths that differ', 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\n'],
    ['a negative length', 'HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n'],
    ['a length in hexadecimal', 'HTTP/1.1 200 OK\r\ncontent-length: 0x5\r\n\r\n'],
    ['an unknown encoding', 'HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n'],
    ['a folded header', 'HTTP/1.1 200 OK\r\na: b\r\n c: d\r\n\r\n'],
    ['a space before the colon', 'HTTP/1.1 200 OK\r\na : b\r\n\r\n'],
    ['a bare line feed in a value', 'HTTP/1.1 200 OK\r\na: b\nc: d\r\n\r\n'],
    ['a bare carriage return in a value', 'HTTP/1.1 200 OK\r\na: b\rc\r\n\r\n'],
    ['a change of protocol', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n'],
    ['a chunk without a size', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n'],
    ['a chunk too long', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nabc\r\n'],
    ['a head without end', `HTTP/1.1 200 OK\r\na: ${'b'.repeat(20_000)}`],
    [
      'a chunk line without end',
      `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${'0'.repeat(5_000)}`,
    ],
  ])('refuses %s', (_, text) => {
    expect(() => readText(text)).toThrow(/^the subgraph sent/);
  });

  test('says that a response was cut off when the connection ends within it', () => {
    const [response] = read([Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nabc')]);
    expect(response?.isReusable).toBeUndefined();
  });
});
