import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { MessageCollector } from './message-collector.ts';

test('collects the same messages wherever the bytes are cut', () => {
  const bytes = Buffer.from(
    'POST /a HTTP/1.1\r\ncontent-length: 4\r\n\r\n{é}' +
      'POST /b HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n' +
      'GET /c HTTP/1.1\r\nhost: x\r\n\r\n',
  );
  for (let pieceBytes = 1; pieceBytes < bytes.length; pieceBytes += 1) {
    const bodies: string[] = [];
    const collector = new MessageCollector(({ head, body }) =>
      bodies.push(`${head.split(' ')[1]} ${body}`),
    );
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      collector.push(bytes.subarray(at, at + pieceBytes));
    }
    deepEqual(bodies, ['/a {é}', '/b {}', '/c ']);
  }
});
