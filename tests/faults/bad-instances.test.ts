import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import {
  createSecureServer,
  createServer as createHttp2Server,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { heal, noiseMs, productsQuery, waitUntil } from './check-row.ts';
import { startStock } from './fault-graph.ts';
import { setUpFaults } from './fault-suite.ts';
import type { Subgraph } from './faulty-subgraph.ts';
import { putLoad } from './load.ts';
import { makeCertificate } from './make-certificate.ts';
import { openTransport } from './subgraph-caller.ts';

const { onEnd, openGraph, found } = setUpFaults('instances');

async function startThree(): Promise<readonly [Subgraph, Subgraph, Subgraph]> {
  const three = [await startStock(), await startStock(), await startStock()] as const;
  onEnd(() => Promise.all(three.map((each) => each.stop())));
  return three;
}

describe('one of three instances is sick', () => {
  test.each([
    // Each answers at once and would draw most of the load to itself.
    ['http503', 3],
    ['http500-text', 3],
    // Queries go elsewhere when nothing has come.
    ['reset', 0],
  ])('%s costs %d queries at most, then it is left out', async (mode, atMost) => {
    const [sick, ...well] = await startThree();
    const graph = await openGraph({ url: [sick, ...well].map(({ url }) => url) });
    sick.mode = mode;
    let lost = 0;
    const startedAt = performance.now();
    for (let round = 0; round < 120; round += 1) {
      const { body } = await graph.ask(productsQuery);
      if (body.errors) lost += 1;
    }
    // On a machine that takes longer it is tried again every five seconds.
    const times = 1 + Math.floor((performance.now() - startedAt) / 5_000);
    expect(lost).toBeLessThanOrEqual(atMost * times);
    found('–', `one of three: ${mode}`, `${lost} of 120 queries lost`);
  });

  test('when all are sick all are asked, and the first to recover serves everybody', async () => {
    const three = await startThree();
    const breaker = { isEnabled: false };
    const graph = await openGraph({ url: three.map(({ url }) => url), breaker });
    for (const each of three) each.mode = 'http503';
    for (let round = 0; round < 20; round += 1) {
      expect((await graph.ask(productsQuery)).body.errors?.length).toBeGreaterThan(0);
    }
    for (const { received } of three) expect(received.length).toBeGreaterThan(3);
    three[1].mode = 'ok';
    const startedAt = performance.now();
    while ((await graph.ask(productsQuery)).body.errors) {
      expect(performance.now() - startedAt).toBeLessThan(6_000 + noiseMs);
    }
  });
});

describe('sources of instances that go wrong', () => {
  test('a file is not believed while it is written, holds nonsense, is empty or is gone', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'trellis-source-'));
    onEnd(() => rmSync(folder, { recursive: true, force: true }));
    const path = join(folder, 'instances.yaml');
    const [one, two] = await startThree();
    writeFileSync(path, `- ${one.url}\n`);
    const discovery = { kind: 'file', path, intervalMs: 20 };
    const graph = await openGraph({ url: 'http://127.0.0.1:1/', discovery });
    await heal(graph);
    const load = putLoad(graph, 2);
    // An address cut off in the middle is an address too: written slowly, it is there for a while.
    const list = `- ${two.url}\n- ${one.url}\n`;
    for (let length = 3; length < list.length; length += 9) {
      writeFileSync(path, list.slice(0, length));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    for (const text of [
      '[',
      '{}',
      '[]',
      '',
      '- ftp://127.0.0.1/\n',
      '- 7\n',
      '\u0000',
      'x'.repeat(1e5),
    ]) {
      writeFileSync(path, text);
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    rmSync(path);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const mark = load.answered;
    await waitUntil(() => load.answered > mark + 20, 20_000);
    writeFileSync(path, `- ${two.url}\n`);
    await waitUntil(() => two.received.length > 10, 20_000);
    await load.end();
    expect(load.failures).toEqual([]);
  });

  test('an HTTP source may answer anything: the last list stays until a good one comes', async () => {
    const [one, two] = await startThree();
    let answer = (response: ServerResponse): unknown => response.end(JSON.stringify([one.url]));
    let asked = 0;
    const source = createServer((_request, response) => {
      asked += 1;
      answer(response);
    });
    await new Promise<void>((resolve) => source.listen(0, '127.0.0.1', resolve));
    onEnd(() => {
      source.closeAllConnections();
      source.close();
    });
    const { port } = source.address() as AddressInfo;
    const discovery = { kind: 'http', url: `http://127.0.0.1:${port}/`, intervalMs: 10 };
    const graph = await openGraph({ url: 'http://127.0.0.1:1/', discovery });
    await heal(graph);
    const load = putLoad(graph, 2);
    const bad: readonly (typeof answer)[] = [
      (response) => response.writeHead(304).end(),
      (response) => response.writeHead(301, { location: two.url }).end(),
      (response) => response.end('<html>'),
      (response) => {
        response.writeHead(200, { 'content-length': '900' }).write('["http');
        setTimeout(() => response.destroy(), 5);
      },
      (response) => response.socket?.resetAndDestroy(),
    ];
    for (const each of bad) {
      answer = each;
      const mark = asked;
      // A source that failed is asked again after a second.
      await waitUntil(() => asked > mark, 20_000);
    }
    expect(two.received).toEqual([]);
    answer = (response) => response.end(JSON.stringify([two.url]));
    await waitUntil(() => two.received.length > 10, 20_000);
    await load.end();
    expect(load.failures).toEqual([]);
    found('–', 'source of instances fails in five ways', `0 of ${load.answered} answers lost`);
  });
});

describe('HTTP/2', () => {
  test('a server that says goodbye (GOAWAY) again and again loses no query, and gets no mutation twice', async () => {
    const sessions = new Set<ServerHttp2Session>();
    const seen = new Map<string, number>();
    const server = createHttp2Server((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        seen.set(body, (seen.get(body) ?? 0) + 1);
        setTimeout(() => response.end('{"data":{"a":1}}'), 3);
      });
    });
    server.on('session', (session) => {
      sessions.add(session);
      session.on('close', () => sessions.delete(session));
      session.on('error', () => {});
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const caller = openTransport(`http://127.0.0.1:${port}/`, {
      http2: true,
      shareInFlight: false,
    });
    onEnd(async () => {
      await caller.transport.stop();
      for (const session of sessions) session.destroy();
      server.close();
    });
    const lost: Record<'query' | 'mutation', string[]> = { query: [], mutation: [] };
    let answered = 0;
    let isRunning = true;
    onEnd(() => (isRunning = false));
    const clients = Array.from({ length: 6 }, async (_each, client) => {
      const kind = client === 0 ? 'mutation' : 'query';
      for (let round = 0; isRunning; round += 1) {
        const body = `{"query":"{ a }","n":"${kind} ${client} ${round}"}`;
        await caller.ask(kind, body).then(
          () => (answered += 1),
          (error: unknown) => lost[kind].push(String(error)),
        );
        // What is refused at once must not keep everybody else from their turn.
        await new Promise(setImmediate);
      }
    });
    for (let goodbye = 0; goodbye < 8; goodbye += 1) {
      const mark = answered;
      await waitUntil(() => answered > mark + 40, 20_000);
      // Graceful, as proxies do it (RFC 9113 §6.8): first a warning, and the end once everything that crossed it is answered.
      for (const session of sessions) {
        if (session.destroyed) continue;
        session.goaway(0, 2 ** 31 - 1);
        setTimeout(() => session.close(), 50);
      }
    }
    isRunning = false;
    await Promise.all(clients);
    const twice = [...seen].filter(([body, times]) => body.includes('mutation') && times > 1);
    expect(twice).toEqual([]);
    expect(lost.query).toEqual([]);
    expect(lost.mutation).toEqual([]);
    found('–', 'HTTP/2 GOAWAY ×8 under load', `0 of ${answered} lost`);
  });

  test('a server that chooses HTTP/1.1 gets that, over the same certificates', async () => {
    const authority = makeCertificate('authority');
    const folder = mkdtempSync(join(tmpdir(), 'trellis-alpn-'));
    onEnd(() => rmSync(folder, { recursive: true, force: true }));
    const caFile = join(folder, 'ca.pem');
    writeFileSync(caFile, authority.cert);
    const { cert, key } = makeCertificate('localhost', authority);
    for (const [speaks, expected] of [
      ['both', '2.0'],
      ['HTTP/1.1', '1.1'],
    ]) {
      const versions = new Set<string>();
      const answer = (
        request: { httpVersion: string },
        response: { end(body: string): void },
      ): void => {
        versions.add(request.httpVersion);
        response.end('{"data":{"a":1}}');
      };
      const server =
        speaks === 'both'
          ? createSecureServer({ cert, key, allowHTTP1: true }, answer as never)
          : createHttpsServer({ cert, key }, answer as never);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as AddressInfo;
      const caller = openTransport(`https://localhost:${port}/`, { http2: true, tls: { caFile } });
      const bodies = ['1', '2', '3'].map((n) => `{"query":"{ a }","n":${n}}`);
      await Promise.all(bodies.map((body) => caller.ask('query', body)));
      await caller.ask('query');
      await expect(caller.ask('mutation')).resolves.toMatchObject({ data: { a: 1 } });
      expect([...versions]).toEqual([expected]);
      await caller.transport.stop();
      server.close();
    }
  });

  test.each([
    ['a stream that is reset', (stream: ServerHttp2Stream) => stream.close(2)],
    [
      'a stream that ends in the middle',
      (stream: ServerHttp2Stream) => {
        stream.respond({ ':status': 200, 'content-length': '500' });
        stream.end('{"data":');
      },
    ],
    ['a connection that breaks', (stream: ServerHttp2Stream) => stream.session?.destroy()],
    ['a goodbye for a fault', (stream: ServerHttp2Stream) => stream.session?.goaway(2)],
    ['silence', () => undefined],
    [
      'a body beyond the limit',
      (stream: ServerHttp2Stream) => {
        stream.respond({ ':status': 200 });
        stream.end('x'.repeat(100_000));
      },
    ],
  ])(
    '%s is a failure of that fetch, in time, and the next one is answered',
    async (what, fault) => {
      let isSick = true;
      const server = createHttp2Server();
      server.on('stream', (stream) => {
        stream.on('error', () => undefined);
        if (isSick) fault(stream);
        else stream.end('{"data":{"a":1}}');
      });
      server.on('session', (session) => session.on('error', () => undefined));
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as AddressInfo;
      // Silence is noticed by waiting, everything else at once.
      const limits = { timeoutMs: what === 'silence' ? 1_000 : 10_000, maxResponseBytes: 2_048 };
      const caller = openTransport(`http://127.0.0.1:${port}/`, { http2: true, ...limits });
      onEnd(() => server.close());
      onEnd(() => caller.transport.stop());
      for (const kind of ['query', 'mutation'] as const) {
        await expect(caller.ask(kind)).rejects.toMatchObject({
          code: expect.stringMatching(/^SUBGRAPH_/),
        });
      }
      isSick = false;
      for (const kind of ['query', 'mutation'] as const) {
        await expect(caller.ask(kind)).resolves.toMatchObject({ data: { a: 1 } });
      }
    },
  );
});
