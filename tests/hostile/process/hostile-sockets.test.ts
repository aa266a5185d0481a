import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Socket } from 'node:net';
import { readState } from '@trellis/gateway/state';
import { countDescriptors } from './count-descriptors.ts';
import { echoQuery, textQuery } from './echo-subgraph.ts';
import { ask, startGatewayHere, type GatewayHere } from './gateway-here.ts';
import { collect, openSocket, sendRaw, until, writeRequest } from './raw-socket.ts';
import { found, printFindings } from '../../faults/results.ts';

const echo = JSON.stringify({ query: echoQuery, variables: { n: 7 } });
const answered = '{"data":{"echo":7}}';
/** What a busy machine may add. */
const noiseMs = 5_000;

describe('clients on bare sockets', () => {
  let gateway: GatewayHere;
  beforeAll(async () => {
    // Nothing ends here because it took too long.
    gateway = await startGatewayHere({
      listen: { keepAliveTimeoutMs: 60_000 },
      http: { requestTimeoutMs: 50_000 },
      subgraphs: { all: { timeoutMs: 40_000 } },
    });
  });
  afterAll(async () => {
    await gateway.stop();
    printFindings('client-sockets');
  });

  test.each([
    ['two lengths', 'content-length: 5\r\ncontent-length: 6\r\n\r\nhello'],
    [
      'a length and chunks',
      'content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET /',
    ],
    ['an unknown transfer encoding', 'transfer-encoding: xchunked\r\n\r\n0\r\n\r\n'],
    ['a bad chunk', 'transfer-encoding: chunked\r\n\r\nZZ\r\nhello\r\n0\r\n\r\n'],
    ['a chunk size with a sign', 'transfer-encoding: chunked\r\n\r\n-1\r\nx\r\n0\r\n\r\n'],
    ['a folded header', 'x-folded: one\r\n two\r\ncontent-length: 0\r\n\r\n'],
    ['NUL in a header', 'x-nul: a\0b\r\ncontent-length: 0\r\n\r\n'],
    ['a space before the colon', 'content-length : 5\r\n\r\nhello'],
    ['a negative length', 'content-length: -5\r\n\r\nhello'],
  ])('are refused and cut off when they send %s', async (_what, rest) => {
    const head = 'POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n';
    const { statuses, text } = await sendRaw(gateway.port, head + rest);
    expect(statuses).toEqual([400]);
    expect(text).toMatch(/connection: close/i);
    expect(text).not.toContain('"data"');
  });

  test('are refused without a host', async () => {
    const { statuses } = await sendRaw(gateway.port, 'GET /health/live HTTP/1.1\r\n\r\n');
    expect(statuses).toEqual([400]);
  });

  test('hear 431 for headers of 200 KB and 414 for an address of 100 KB', async () => {
    const long = `GET /health/live HTTP/1.1\r\nhost: localhost\r\nx-long: ${'a'.repeat(200_000)}\r\n\r\n`;
    expect((await sendRaw(gateway.port, long)).statuses).toEqual([431]);
    const many = Array.from({ length: 5_000 }, (_each, at) => `x-${at}: ${'b'.repeat(40)}`).join(
      '\r\n',
    );
    const headers = `GET /health/live HTTP/1.1\r\nhost: localhost\r\n${many}\r\n\r\n`;
    expect((await sendRaw(gateway.port, headers)).statuses).toEqual([431]);
    const address = `GET /graphql?query=${'a'.repeat(100_000)} HTTP/1.1\r\nhost: localhost\r\n\r\n`;
    expect((await sendRaw(gateway.port, address)).statuses).toEqual([414]);
    found('C7', '200 KB of headers, 100 KB address', '431, 414');
  });

  test('that never end a body are cut off after a megabyte', async () => {
    const socket = await openSocket(gateway.port);
    const answer = collect(socket);
    const head = 'POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n';
    socket.write(`${head}transfer-encoding: chunked\r\n\r\n`);
    const chunk = `${(50_000).toString(16)}\r\n${' '.repeat(50_000)}\r\n`;
    let sent = 0;
    while (!socket.destroyed && sent < 1_000) {
      if (socket.write(chunk)) await new Promise((resolve) => setImmediate(resolve));
      else await Promise.race([new Promise((resolve) => socket.once('drain', resolve)), answer]);
      sent += 1;
    }
    expect((await answer).statuses.filter((status) => status !== 413)).toEqual([]);
    expect(sent * 50_000).toBeLessThan(16_000_000);
    found('C2', 'endless chunks', 'cut off');
  });

  test.each(['PUT', 'DELETE', 'PATCH', 'TRACE', 'PROPFIND'])('hear 405 for %s', async (method) => {
    const request = `${method} /graphql HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`;
    const { statuses, text } = await sendRaw(gateway.port, request);
    expect(statuses).toEqual([405]);
    expect(text).toMatch(/allow: GET, POST/i);
    expect(text).toContain('METHOD_NOT_ALLOWED');
  });

  test('hear 405 for CONNECT', async () => {
    const request = 'CONNECT db.internal:5432 HTTP/1.1\r\nhost: db.internal:5432\r\n\r\n';
    expect((await sendRaw(gateway.port, request)).statuses).toEqual([405]);
  });

  test('hear 404 in JSON at an unknown address', async () => {
    const request =
      'GET /../../etc/passwd HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n';
    const { statuses, text } = await sendRaw(gateway.port, request);
    expect(statuses).toEqual([404]);
    expect(text).toContain('"NOT_FOUND"');
  });

  test('are answered as usual when they ask for an upgrade nobody offers', async () => {
    const request = writeRequest(echo, ['connection: upgrade, close', 'upgrade: h2c']);
    const { statuses, text } = await sendRaw(gateway.port, request);
    expect(statuses).toEqual([200]);
    expect(text).toContain(answered);
  });

  test('are answered over HTTP/1.0', async () => {
    const request = writeRequest(echo).replace('HTTP/1.1', 'HTTP/1.0');
    const { statuses, text } = await sendRaw(gateway.port, request);
    expect(statuses).toEqual([200]);
    expect(text).toContain(answered);
  });

  test('that send many requests at once get the answers in their order', async () => {
    const bodies = Array.from({ length: 20 }, (_each, n) =>
      JSON.stringify({ query: echoQuery, variables: { n } }),
    );
    const requests = bodies.map((body, at) =>
      writeRequest(body, at === 19 ? ['connection: close'] : []),
    );
    const { statuses, text } = await sendRaw(gateway.port, requests.join(''));
    expect(statuses).toHaveLength(20);
    const answers = [...text.matchAll(/"echo":(\d+)/g)].map(([, n]) => Number(n));
    expect(answers).toEqual(bodies.map((_body, n) => n));
  });

  test('that close their half of the connection have left: nothing is kept for them', async () => {
    gateway.subgraph.isHanging = true;
    const socket = await openSocket(gateway.port);
    socket.end(writeRequest(echo));
    expect((await collect(socket)).statuses).toEqual([]);
    gateway.subgraph.isHanging = false;
    await until('nothing is under way', () => readState().requestsUnderWay === 0);
  });

  test('that never finish their headers or their body are cut off, and 300 of them harm nobody', async () => {
    const impatient = await startGatewayHere({
      listen: { headersTimeoutMs: 400, bodyTimeoutMs: 600, keepAliveTimeoutMs: 60_000 },
    });
    const slow = await Promise.all(Array.from({ length: 300 }, () => openSocket(impatient.port)));
    const ends = slow.map(collect);
    slow.forEach((socket, at) => {
      if (at % 3 === 0) socket.write('POST /graphql HTTP/1.1\r\nhost: localhost\r\nx-a: ');
      if (at % 3 === 1) socket.write(writeRequest('{'.padEnd(100)).slice(0, -60));
    });
    const drip = setInterval(
      () => slow.forEach((socket, at) => at % 3 < 2 && socket.write('a')),
      50,
    );
    const times: number[] = [];
    while (times.length < 40) times.push((await impatient.ask(echoQuery, 3)).elapsedMs);
    const answers = await Promise.all(ends);
    clearInterval(drip);
    await impatient.stop();
    const headersMs = Math.max(
      ...answers.filter((_end, at) => at % 3 !== 1).map((end) => end.elapsedMs),
    );
    const bodyMs = Math.max(
      ...answers.filter((_end, at) => at % 3 === 1).map((end) => end.elapsedMs),
    );
    const p95 = times.sort((a, b) => a - b)[37] ?? 0;
    expect(answers.filter(({ statuses }) => statuses.some((status) => status === 200))).toEqual([]);
    expect(headersMs).toBeLessThan(400 + 400 + noiseMs);
    expect(bodyMs).toBeLessThan(600 + 400 + noiseMs);
    expect(p95).toBeLessThan(300 + noiseMs);
    found(
      'C8',
      '300 slow senders, limits of 400 and 600 ms',
      `headers cut after ${Math.round(headersMs)} ms, bodies after ${Math.round(bodyMs)} ms, others' p95 ${Math.round(p95)} ms`,
    );
  });

  test('that do not read a large answer are cut off, and nothing of it is kept', async () => {
    const patient = await startGatewayHere({
      listen: { writeTimeoutMs: 500 },
      // Answers of 8 MB take a busy machine their time, and are neither to be late here nor to count as overload.
      http: { requestTimeoutMs: 4_000 },
      subgraphs: { all: { timeoutMs: 4_000 } },
      overload: { maxEventLoopDelayMs: 0 },
    });
    const cutBefore = readState().connectionsCutTotal;
    const request = writeRequest(JSON.stringify({ query: textQuery, variables: { n: 8_000 } }));
    const sockets = await Promise.all(Array.from({ length: 4 }, () => openSocket(patient.port)));
    const startedAt = performance.now();
    for (const socket of sockets) {
      socket.pause();
      socket.write(request);
    }
    await until('all were cut', () => readState().connectionsCutTotal - cutBefore === 4);
    const elapsedMs = Math.round(performance.now() - startedAt);
    sockets.forEach((socket) => socket.destroy());
    await until('their sockets are gone', () => readState().connections <= 3);
    await patient.stop();
    expect(elapsedMs).toBeLessThan(10_000 + 4_000 + noiseMs);
    found('C9', '4 clients do not read 8 MB, limit 10 s', `cut after ${elapsedMs} ms`);
  });

  test('that hang up in the middle leave no descriptor behind, and end what was asked for them', async () => {
    const rounds: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      gateway.subgraph.isHanging = true;
      const sockets: Socket[] = [];
      for (let n = 0; n < 100; n += 1) {
        const socket = await openSocket(gateway.port);
        socket.write(
          writeRequest(JSON.stringify({ query: echoQuery, variables: { n: round * 100 + n } })),
        );
        sockets.push(socket);
      }
      await until('all were asked for', () => gateway.subgraph.seen.open >= 100);
      sockets.forEach((socket) => socket.destroy());
      const endedMs = await until('all were ended', () => gateway.subgraph.seen.open === 0);
      expect(endedMs).toBeLessThan(1_000 + noiseMs);
      gateway.subgraph.isHanging = false;
      expect((await gateway.ask(echoQuery, 5)).body).toEqual({ data: { echo: 5 } });
      await until('no request is under way', () => readState().requestsUnderWay === 0);
      rounds.push(countDescriptors());
    }
    const [first = 0, , last = 0] = rounds;
    expect(last - first).toBeLessThanOrEqual(50);
    found(
      'C10',
      '300 clients hang up',
      `${last - first} descriptors more than after the first 100, ${gateway.subgraph.seen.aborted} subgraph requests ended`,
    );
  });
});

describe('the number of connections', () => {
  let gateway: GatewayHere | undefined;
  const sockets: Socket[] = [];
  afterEach(async () => {
    sockets.splice(0).forEach((socket) => socket.destroy());
    await gateway?.stop();
  });

  test.each([
    ['in all', { maxConnections: 20 }],
    ['of one address', { maxConnections: 1_000, maxConnectionsPerAddress: 20 }],
  ])(
    '%s is capped: who comes later hears 503 at once, and is served when there is room',
    async (_which, listen) => {
      gateway = await startGatewayHere({ listen });
      for (let at = 0; at < 20; at += 1) sockets.push(await openSocket(gateway.port));
      await until('all are there', () => readState().connections === 20);
      const { text, statuses, elapsedMs } = await sendRaw(gateway.port, writeRequest(echo));
      expect(statuses).toEqual([503]);
      expect(text).toMatch(/retry-after: 1/);
      expect(text).toContain('"OVERLOADED"');
      expect(elapsedMs).toBeLessThan(300 + noiseMs);
      sockets.splice(0, 5).forEach((socket) => socket.destroy());
      await until('there is room', () => readState().connections === 15);
      expect(
        (await sendRaw(gateway.port, writeRequest(echo, ['connection: close']))).text,
      ).toContain(answered);
    },
  );

  test('is no reason to refuse a probe while requests are shed', async () => {
    gateway = await startGatewayHere({
      overload: { maxRequests: 2 },
      subgraphs: { all: { timeoutMs: 4_000 } },
    });
    const { url, subgraph } = gateway;
    subgraph.isHanging = true;
    const hanging = [1, 2].map((n) => ask(url, echoQuery, n));
    await until('they are under way', () => subgraph.seen.open === 2);
    const shed = await gateway.ask(echoQuery, 3);
    expect([shed.status, shed.headers.get('retry-after')]).toEqual([503, '1']);
    expect(shed.body).toEqual({
      errors: [{ message: expect.any(String), extensions: { code: 'OVERLOADED' } }],
    });
    for (const probe of ['/health/live', '/health/ready']) {
      expect((await fetch(url + probe)).status).toBe(200);
    }
    expect(readState().requestsShedTotal).toBe(1);
    await Promise.all(hanging);
    subgraph.isHanging = false;
    expect((await gateway.ask(echoQuery, 4)).body).toEqual({ data: { echo: 4 } });
  });
});
