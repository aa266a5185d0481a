import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { ResponseCounter, type CountedResponse } from './response-counter.ts';

const fixed = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello';
const empty = 'HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n';
const chunked =
  'HTTP/1.1 500 Error\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\na;x=y\r\n0123456789\r\n0\r\n\r\n';

function count(text: string, pieceBytes: number): CountedResponse[] {
  const found: CountedResponse[] = [];
  const counter = new ResponseCounter((response) => found.push(response));
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    const piece = bytes.subarray(at, at + pieceBytes);
    counter.push(piece, piece.length);
  }
  return found;
}

test('counts the same wherever the bytes are cut', () => {
  for (let pieceBytes = 1; pieceBytes < 80; pieceBytes += 1) {
    deepEqual(count(fixed + chunked + empty + fixed, pieceBytes), [
      { status: 200, bodyBytes: 5 },
      { status: 500, bodyBytes: 13 },
      { status: 204, bodyBytes: 0 },
      { status: 200, bodyBytes: 5 },
    ]);
  }
});
