import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { printFindings, record } from './results.ts';
import { openTransport } from './subgraph-caller.ts';

/** Far more than a busy machine adds to an answer. */
const slowMs = 1_000;
const hedgeMs = 200;
const rounds = 100;

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});
afterAll(() => printFindings('hedging'));

/** Answers at once, but for every tenth request of the slow one. */
async function startInstance(isSlow: boolean): Promise<{ url: string; calls: () => number }> {
  let calls = 0;
  const server = createServer((request, response) => {
    calls += 1;
    const delayMs = isSlow && calls % 10 === 0 ? slowMs : 0;
    request.resume();
    request.on('end', () => setTimeout(() => response.end('{"data":{"a":1}}'), delayMs));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, calls: () => calls };
}

async function measure(traffic: Readonly<Record<string, unknown>>): Promise<{
  readonly p50: number;
  readonly p99: number;
  readonly calls: number;
}> {
  const instances = [await startInstance(true), await startInstance(false)];
  const url = instances.map((instance) => instance.url);
  const caller = openTransport(url[0] ?? '', { url, ...traffic });
  cleanups.push(() => caller.transport.stop());
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const startedAt = performance.now();
    await caller.ask();
    times.push(performance.now() - startedAt);
  }
  times.sort((a, b) => a - b);
  return {
    p50: times[Math.floor(rounds * 0.5)] ?? 0,
    p99: times[Math.floor(rounds * 0.99)] ?? 0,
    calls: instances.reduce((sum, { calls }) => sum + calls(), 0),
  };
}

describe('hedging', () => {
  test('cuts the slowest answers of an unsteady instance for a few more requests', async () => {
    const without = await measure({});
    const hedged = await measure({ hedge: { afterMs: hedgeMs } });
    expect(without.p99).toBeGreaterThanOrEqual(slowMs - 5);
    expect(hedged.p99).toBeLessThan(without.p99);
    expect(hedged.calls).toBeLessThan(rounds * 1.15);
    for (const [fault, { p50, p99, calls }] of Object.entries({
      without,
      [`after ${hedgeMs} ms`]: hedged,
    })) {
      const extra = (((calls - rounds) / rounds) * 100).toFixed(1);
      const measured = `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(0)} ms, ${extra}% more requests`;
      record({ row: '–', engine: 'trellis', fault: `hedging ${fault}`, measured });
    }
  });
});
