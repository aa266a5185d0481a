import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { X509Certificate } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { expectLostStock, heal, noiseMs, productsQuery, waitUntil } from './check-row.ts';
import type { FaultGraph } from './fault-graph.ts';
import { setUpFaults } from './fault-suite.ts';
import { startFront, type Front, type FrontOptions } from './front.ts';
import { putLoad, type Load } from './load.ts';
import { makeCertificate, type Issued } from './make-certificate.ts';
import { startNameServer, type NameServer } from './name-server.ts';

const suite = setUpFaults('moves');
const { onEnd, found } = suite;

async function openFront(options?: FrontOptions): Promise<Front> {
  const front = await startFront(options);
  onEnd(() => front.stop());
  return front;
}

/** A gateway that finds the subgraph behind the fronts, and a load on it where that is wanted. */
async function openGraph(
  stock: Readonly<Record<string, unknown>>,
  fronts: readonly Front[],
): Promise<FaultGraph> {
  const graph = await suite.openGraph(stock);
  for (const front of fronts) front.target = graph.stock.port;
  return graph;
}

function load(graph: FaultGraph, withMutations = false): Load {
  const running = putLoad(graph, 4, withMutations);
  onEnd(() => running.end());
  return running;
}

/** Waits until one of the fronts gets everything and the other nothing more. */
async function untilLeft(front: Front, running: Load): Promise<number> {
  const startedAt = performance.now();
  for (;;) {
    const before = front.taken;
    const mark = running.answered;
    await waitUntil(() => running.answered > mark + 40, 20_000);
    if (front.taken === before) return Math.round(performance.now() - startedAt);
  }
}

describe('A10 names that move', () => {
  let names: NameServer;
  beforeEach(async () => {
    names = await startNameServer();
    onEnd(() => names.stop());
  });

  function byName(port: number): Readonly<Record<string, unknown>> {
    const discovery = { kind: 'dns', servers: [names.address] };
    return { url: `http://stock.test:${port}/graphql`, discovery };
  }

  async function openTwo(): Promise<readonly [Front, Front]> {
    const one = await openFront({ host: '127.0.0.1' });
    return [one, await openFront({ host: '127.0.0.2', port: one.port })];
  }

  test('a name that moves while sockets are in use is followed without a lost answer', async () => {
    const [one, two] = await openTwo();
    names.addresses.set('stock.test', ['127.0.0.1']);
    const graph = await openGraph(byName(one.port), [one, two]);
    await heal(graph);
    const running = load(graph, true);
    await waitUntil(() => running.answered > 50, 20_000);
    expect(two.taken).toBe(0);
    names.addresses.set('stock.test', ['127.0.0.2']);
    const movedAt = performance.now();
    await waitUntil(() => two.taken > 0, 20_000);
    const followedMs = Math.round(performance.now() - movedAt);
    await untilLeft(one, running);
    // The old place is gone for good, with every socket to it.
    await one.stop();
    const mark = running.answered;
    await waitUntil(() => running.answered > mark + 50, 20_000);
    await running.end();
    expect(running.failures).toEqual([]);
    // TTL of a second, of which most may still be left.
    expect(followedMs).toBeLessThan(2_000 + noiseMs);
    const measured = `followed after ${followedMs} ms (TTL 1 s), 0 of ${running.answered} answers lost`;
    found('A10', 'name moves under load', measured);
  });

  test('a name that is gone for a while, or whose server fails, changes nothing; TTL 0 is one question a second', async () => {
    const [one, two] = await openTwo();
    names.addresses.set('stock.test', ['127.0.0.1']);
    names.ttl = 0;
    const graph = await openGraph(byName(one.port), [one, two]);
    await heal(graph);
    const running = load(graph);
    names.addresses.clear();
    const askedBefore = names.asked.length;
    const startedAt = performance.now();
    await waitUntil(() => names.asked.length >= askedBefore + 4, 20_000);
    names.failure = 2;
    await waitUntil(() => names.asked.length >= askedBefore + 8, 20_000);
    const seconds = (performance.now() - startedAt) / 1_000;
    // Two kinds of address; a server that fails is asked twice.
    expect(names.asked.length - askedBefore).toBeLessThanOrEqual(4 * (seconds + 2));
    names.failure = undefined;
    names.addresses.set('stock.test', ['127.0.0.2']);
    await waitUntil(() => two.taken > 0, 20_000);
    await running.end();
    expect(running.failures).toEqual([]);
    const measured = `0 of ${running.answered} answers lost`;
    found('A10', 'name gone, then back elsewhere', measured);
  });

  test('a name that comes into being after the gateway has started is found', async () => {
    const front = await openFront();
    const graph = await openGraph(byName(front.port), [front]);
    expectLostStock(await graph.ask(productsQuery), ['SUBGRAPH_UNAVAILABLE']);
    names.addresses.set('stock.test', ['127.0.0.1']);
    expect(await heal(graph)).toBeLessThan(5_000 + noiseMs);
  });

  test('SRV targets get their shares, one that has no address is left out, and a spare waits for the worst', async () => {
    const [heavy, light, spare] = [await openFront(), await openFront(), await openFront()];
    names.addresses.set('a.test', ['127.0.0.1']);
    names.services.set('_http._tcp.stock.test', [
      { priority: 1, weight: 9, port: heavy.port, target: 'a.test' },
      { priority: 1, weight: 1, port: light.port, target: 'a.test' },
      { priority: 1, weight: 5, port: 9, target: 'gone.test' },
      { priority: 5, weight: 1, port: spare.port, target: 'a.test' },
    ]);
    const discovery = { kind: 'srv', name: '_http._tcp.stock.test', servers: [names.address] };
    // Every query on a socket of its own, so that connections are queries.
    const graph = await openGraph(
      { url: 'http://stock.test/graphql', discovery, maxSocketAgeMs: 1, maxIdleSocketMs: 1 },
      [heavy, light, spare],
    );
    await heal(graph);
    for (let round = 0; round < 60; round += 1) await graph.ask(productsQuery);
    expect(heavy.taken).toBeGreaterThan(light.taken * 2);
    expect(spare.taken).toBe(0);
    const running = load(graph);
    await heavy.stop();
    await light.stop();
    const mark = running.answered;
    await waitUntil(() => spare.taken > 0 && running.answered > mark + 100, 20_000);
    await running.end();
    expect(running.failures).toEqual([]);
    const measured = `0 of ${running.answered} answers lost`;
    found('–', 'all SRV targets of the best priority die', measured);
  });
});

describe('certificates that are renewed while the gateway runs', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'trellis-rotation-'));
    onEnd(() => rmSync(folder, { recursive: true, force: true }));
  });
  const file = (name: string): string => join(folder, `${name}.pem`);
  const write = (name: string, ...texts: readonly string[]): void =>
    writeFileSync(file(name), texts.join(''));

  function serve(authority: Issued, trusted: string): FrontOptions['tls'] & object {
    const { cert, key } = makeCertificate('stock.test', authority);
    return { cert, key, ca: trusted, requestCert: true, rejectUnauthorized: true };
  }

  /** Renews a client certificate as tools do: one file after the other. */
  function showClient(authority: Issued): string {
    const client = makeCertificate('gateway.test', authority);
    write('client', client.cert);
    write('client-key', client.key);
    return new X509Certificate(client.cert).fingerprint256;
  }

  async function openSecured(front: Front, maxSocketAgeMs: number): Promise<FaultGraph> {
    const tls = {
      caFile: file('ca'),
      certFile: file('client'),
      keyFile: file('client-key'),
      serverName: 'stock.test',
    };
    const url = `https://127.0.0.1:${front.port}/graphql`;
    return openGraph({ url, tls, maxSocketAgeMs }, [front]);
  }

  test('both authorities and both certificates change one after the other, without a restart or a lost answer', async () => {
    const [old, next] = [makeCertificate('old authority'), makeCertificate('new authority')];
    write('ca', old.cert);
    const first = showClient(old);
    const front = await openFront({ tls: serve(old, old.cert) });
    const graph = await openSecured(front, 200);
    await heal(graph);
    expect(front.callers.at(-1)).toBe(first);
    const running = load(graph, true);
    const startedAt = performance.now();

    // Each side first trusts both, then shows its new certificate, then forgets the old authority.
    write('ca', old.cert, next.cert);
    front.renew(serve(old, old.cert + next.cert));
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    front.renew(serve(next, old.cert + next.cert));
    const second = showClient(next);
    await waitUntil(() => front.callers.at(-1) === second, 20_000);
    write('ca', next.cert);
    front.renew(serve(next, next.cert));
    const mark = front.taken;
    await waitUntil(() => front.taken > mark + 8, 20_000);
    await running.end();
    expect(running.failures).toEqual([]);
    const tookMs = Math.round(performance.now() - startedAt);
    const measured = `0 of ${running.answered} answers lost over ${tookMs} ms`;
    found('–', 'authority and certificates renewed', measured);

    // The old authority counts for nothing any more.
    front.renew(serve(old, next.cert));
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expectLostStock(await graph.ask(productsQuery), ['SUBGRAPH_UNAVAILABLE']);
    front.renew(serve(next, next.cert));
    await heal(graph);
  });

  test('files that do not belong together, or hold nonsense, leave the last good ones in use', async () => {
    const authority = makeCertificate('authority');
    write('ca', authority.cert);
    const good = showClient(authority);
    const front = await openFront({ tls: serve(authority, authority.cert) });
    const graph = await openSecured(front, 1);
    await heal(graph);
    const broken: readonly (() => void)[] = [
      () => write('client', makeCertificate('gateway.test', authority).cert),
      () => write('ca', 'no certificate at all'),
      () => rmSync(file('client-key')),
    ];
    for (const breakFiles of broken) {
      breakFiles();
      await new Promise((resolve) => setTimeout(resolve, 1_050));
      for (const query of [productsQuery, 'mutation { reserve(id: "1") }']) {
        expect((await graph.ask(query)).body.errors).toBeUndefined();
      }
      expect(front.callers.at(-1)).toBe(good);
    }
    write('ca', authority.cert);
    const renewed = showClient(authority);
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    await heal(graph);
    expect(front.callers.at(-1)).toBe(renewed);
  });
});
