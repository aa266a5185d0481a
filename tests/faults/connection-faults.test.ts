import {
  copyFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer as createHttp2Server } from 'node:http2';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer as createTcpServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { Worker } from 'node:worker_threads';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { noiseMs, waitUntil } from './check-row.ts';
import { setUpFaults } from './fault-suite.ts';
import { openTransport, type SubgraphCaller } from './subgraph-caller.ts';

const certificates = join(import.meta.dirname, 'certificates');
const caFile = join(certificates, 'ca.pem');
const { onEnd, found } = setUpFaults('connections');
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trellis-connections-'));
  onEnd(() => rmSync(folder, { recursive: true, force: true }));
});

function open(...parameters: Parameters<typeof openTransport>): SubgraphCaller {
  const caller = openTransport(...parameters);
  onEnd(() => caller.transport.stop());
  return caller;
}

async function listen(server: Server, host = '127.0.0.1', port = 0): Promise<number> {
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  const sockets = new Set<{ destroy(): void }>();
  server.on('connection', (socket) => sockets.add(socket));
  onEnd(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

function pem(name: string): Buffer {
  return readFileSync(join(certificates, `${name}.pem`));
}

const answerA: RequestListener = (request, response) => {
  request.resume();
  request.on('end', () => response.end('{"data":{"a":1}}'));
};

async function fail(
  caller: SubgraphCaller,
): Promise<{ readonly error: Error; readonly ms: number }> {
  const startedAt = performance.now();
  const error: unknown = await caller.ask().then(
    () => new Error('was answered'),
    (reason: unknown) => reason,
  );
  return { error: error as Error, ms: Math.round(performance.now() - startedAt) };
}

describe('connections that do not come about', () => {
  test('A1 a host that accepts nothing costs the connect timeout, not more', async () => {
    // A thread that listens with a backlog of one and never accepts.
    const script = `
      const { createServer } = require('node:net');
      const { parentPort } = require('node:worker_threads');
      const server = createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
        parentPort.postMessage(server.address().port);
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50000);
      });`;
    const worker = new Worker(script, { eval: true });
    onEnd(() => worker.terminate());
    const port = await new Promise<number>((resolve) => worker.once('message', resolve));
    const caller = open(`http://127.0.0.1:${port}/`, { retry: { attempts: 0 }, timeoutMs: 4_000 });
    // The first connections still fit into the backlog; then nothing answers any more.
    const results = await Promise.all(
      Array.from({ length: 12 }, (_each, at) =>
        caller.ask('query', `{"query":"{ a }","n":${at}}`).then(
          () => 'answered',
          (error: { code: string; detail: string }) => `${error.code} ${error.detail}`,
        ),
      ),
    );
    const timedOut = results.filter((result) => result.includes('TRELLIS_CONNECT_TIMEOUT'));
    expect(timedOut.length).toBeGreaterThan(0);
    expect(results.every((result) => result.startsWith('SUBGRAPH_'))).toBe(true);
    found(
      'A1',
      'full backlog',
      `${timedOut.length} of 12 given up after 2,000 ms, the others at their deadline`,
    );
  });

  test.each([
    ['self-signed', 'no authority we trust'],
    ['expired', 'past its date'],
    ['wrong-name', 'for another name'],
  ])('A9 a certificate that is %s is refused without a word of it', async (name) => {
    const server = createHttpsServer({ cert: pem(name), key: pem(`${name}-key`) }, answerA);
    const port = await listen(server);
    const caller = open(`https://localhost:${port}/`, { tls: { caFile } });
    const { error, ms } = await fail(caller);
    expect(error).toMatchObject({
      code: 'SUBGRAPH_UNAVAILABLE',
      message: 'No trusted TLS connection to a subgraph could be made.',
      isRetryable: false,
    });
    expect(ms).toBeLessThan(5_000);
    found('A9', `certificate ${name}`, `refused after ${ms} ms`);
  });

  test('A9 a TLS handshake that hangs is given up after the connect timeout', async () => {
    const port = await listen(createTcpServer(() => undefined));
    const caller = open(`https://localhost:${port}/`, { retry: { attempts: 0 } });
    const { error, ms } = await fail(caller);
    expect(error).toMatchObject({ code: 'SUBGRAPH_UNAVAILABLE' });
    expect(ms).toBeLessThan(2_000 + noiseMs);
    found('A9', 'handshake hangs', `given up after ${ms} ms`);
  });

  test('A10 a name that does not exist fails at once, without the name', async () => {
    const caller = open('http://no-such-host.invalid/', { retry: { attempts: 0 } });
    const { error } = await fail(caller);
    expect(error).toMatchObject({
      code: 'SUBGRAPH_UNAVAILABLE',
      message: 'A subgraph cannot be reached.',
    });
    found('A10', 'name vanishes', 'error without the name');
  });
});

describe('trust between gateway and subgraph', () => {
  test('a subgraph that demands a client certificate gets one, and a rotated one without a restart', async () => {
    const seen: string[] = [];
    const server = createHttpsServer(
      {
        cert: pem('valid'),
        key: pem('valid-key'),
        ca: pem('ca'),
        requestCert: true,
        rejectUnauthorized: true,
      },
      (request, response) => {
        seen.push((request.socket as TLSSocket).getPeerCertificate().fingerprint256);
        response.setHeader('connection', 'close');
        answerA(request, response);
      },
    );
    const port = await listen(server);
    const without = open(`https://localhost:${port}/`, { tls: { caFile }, retry: { attempts: 0 } });
    expect((await fail(without)).error).toMatchObject({ code: 'SUBGRAPH_UNAVAILABLE' });

    const certFile = join(folder, 'cert.pem');
    const keyFile = join(folder, 'key.pem');
    copyFileSync(join(certificates, 'client.pem'), certFile);
    copyFileSync(join(certificates, 'client-key.pem'), keyFile);
    const caller = open(`https://localhost:${port}/`, { tls: { caFile, certFile, keyFile } });
    await expect(caller.ask()).resolves.toMatchObject({ data: { a: 1 } });

    copyFileSync(join(certificates, 'renewed.pem'), certFile);
    copyFileSync(join(certificates, 'renewed-key.pem'), keyFile);
    const later = new Date(Date.now() + 5_000);
    utimesSync(certFile, later, later);
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    await expect(caller.ask()).resolves.toMatchObject({ data: { a: 1 } });
    expect(new Set(seen).size).toBe(2);
  });

  test('HTTP/2 is spoken where a setting asks for it', async () => {
    const versions: string[] = [];
    const server = createHttp2Server((request, response) => {
      versions.push(request.httpVersion);
      request.resume();
      request.on('end', () => response.end('{"data":{"a":1}}'));
    });
    const port = await listen(server);
    const caller = open(`http://127.0.0.1:${port}/`, { http2: true });
    const answers = await Promise.all(
      [1, 2, 3].map((n) => caller.ask('query', `{"query":"{ a }","n":${n}}`)),
    );
    expect(answers).toHaveLength(3);
    await expect(caller.ask('mutation')).resolves.toMatchObject({ data: { a: 1 } });
    expect(new Set(versions)).toEqual(new Set(['2.0']));
  });
});

describe('instances that come and go', () => {
  async function startInstance(
    name: string,
  ): Promise<{ url: string; stop(): void; calls: () => number }> {
    let calls = 0;
    const server = createHttpServer((request, response) => {
      calls += 1;
      request.resume();
      request.on('end', () =>
        setTimeout(() => response.end(JSON.stringify({ data: { a: name } })), 5),
      );
    });
    const port = await listen(server);
    return {
      url: `http://127.0.0.1:${port}/graphql`,
      calls: () => calls,
      stop: () => {
        server.close();
        server.closeAllConnections();
      },
    };
  }

  test('a subgraph scales from one to three and back, and is redeployed, without a lost query', async () => {
    const [one, two, three] = [
      await startInstance('1'),
      await startInstance('2'),
      await startInstance('3'),
    ];
    const file = join(folder, 'instances.json');
    writeFileSync(file, JSON.stringify([one.url]));
    const discovery = { kind: 'file', path: file, intervalMs: 50 };
    const caller = open(one.url, { discovery, shareInFlight: false });

    let isRunning = true;
    let answered = 0;
    const failed: unknown[] = [];
    const load = Array.from({ length: 8 }, async () => {
      while (isRunning) {
        await caller.ask().then(
          () => (answered += 1),
          (error: unknown) => failed.push(error),
        );
      }
    });
    await waitUntil(() => answered > 50, 20_000);
    writeFileSync(file, JSON.stringify([one.url, two.url, three.url]));
    await waitUntil(() => two.calls() > 50 && three.calls() > 50, 20_000);
    // Killed while it is still listed: its queries go elsewhere.
    two.stop();
    const before = answered;
    await waitUntil(() => answered > before + 200, 20_000);
    writeFileSync(file, JSON.stringify([one.url]));
    // The file is read again soon; then the third is asked no more.
    let thirdBefore: number;
    do {
      thirdBefore = three.calls();
      const mark = answered;
      await waitUntil(() => answered > mark + 100, 20_000);
    } while (three.calls() !== thirdBefore);
    isRunning = false;
    await Promise.all(load);
    expect(failed).toEqual([]);
    found('–', 'scaled 1 → 3 → 1, one killed', `0 of ${answered} queries lost`);
  });

  test('a list of instances over HTTP is followed, and its outage changes nothing', async () => {
    const [one, two] = [await startInstance('1'), await startInstance('2')];
    let list = [one.url];
    let isDown = false;
    let failures = 0;
    const source = createHttpServer((_request, response) => {
      if (isDown) failures += 1;
      response.statusCode = isDown ? 500 : 200;
      response.end(JSON.stringify(list));
    });
    const port = await listen(source);
    const discovery = { kind: 'http', url: `http://127.0.0.1:${port}/`, intervalMs: 50 };
    const caller = open(one.url, { discovery });
    await expect(caller.ask()).resolves.toMatchObject({ data: { a: '1' } });
    list = [two.url];
    await untilAnsweredBy(caller, '2');
    isDown = true;
    list = [];
    // Once it is asked for the second time, the first failure has been taken in.
    await waitUntil(() => failures >= 2, 20_000);
    await expect(caller.ask()).resolves.toMatchObject({ data: { a: '2' } });
  });

  test('a slow instance is hedged by a faster one where a setting asks for it', async () => {
    let slow = 0;
    const server = createHttpServer((request, response) => {
      request.resume();
      slow += 1;
      // The first one is never answered.
      if (slow > 1) request.on('end', () => response.end('{"data":{"a":1}}'));
    });
    const port = await listen(server);
    const caller = open(`http://127.0.0.1:${port}/`, { hedge: { afterMs: 50 }, timeoutMs: 10_000 });
    await expect(caller.ask()).resolves.toMatchObject({ data: { a: 1 } });
    expect(slow).toBe(2);
  });

  async function untilAnsweredBy(caller: SubgraphCaller, name: string): Promise<void> {
    for (let tries = 0; tries < 1_000; tries += 1) {
      const { data } = await caller.ask();
      if (data?.['a'] === name) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`never answered by ${name}`);
  }
});
