import { afterAll, describe, expect, test } from '@jest/globals';
import { renameSync, writeFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { readState } from '@trellis/gateway/state';
import { found, printFindings } from '../../faults/results.ts';
import { countDescriptors } from './count-descriptors.ts';
import { echoQuery } from './echo-subgraph.ts';
import { startGatewayHere, type GatewayHere } from './gateway-here.ts';
import { until } from './raw-socket.ts';
import { percentile, problemsOf, startSteadyLoad } from './steady-load.ts';

/** What a busy machine may add. */
const noiseMs = 15_000;

function publish({ supergraphFile }: GatewayHere, sdl: string): void {
  writeFileSync(`${supergraphFile}.new`, sdl);
  renameSync(`${supergraphFile}.new`, supergraphFile);
}

/** What is left of the heap when everything nobody needs is gone. */
function measureHeap(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  collect();
  return process.memoryUsage().heapUsed / 1_000_000;
}

describe('a supergraph that changes under load', () => {
  afterAll(() => printFindings('supergraph'));

  test('is served within two seconds, and no request fails; nor does one when it is invalid', async () => {
    const gateway = await startGatewayHere({ supergraph: { pollIntervalMs: 200 } });
    await gateway.ask(echoQuery);
    const load = startSteadyLoad(gateway.url, { perSecond: 100, maxUnderWay: 20 });
    await until('the load runs', () => load.outcomes.length > 50);
    const startedAt = performance.now();
    publish(gateway, gateway.subgraph.supergraph('second'));
    await until('it is served', () => readState().supergraphSwapsTotal === 1);
    const servedMs = Math.round(performance.now() - startedAt);
    const whole = gateway.subgraph.supergraph('third');
    for (const broken of [whole.slice(0, -200), 'type Query {', '{}']) {
      const { supergraphRefusalsTotal } = readState();
      publish(gateway, broken);
      await until(
        'it is refused',
        () => readState().supergraphRefusalsTotal > supergraphRefusalsTotal,
      );
      expect(readState().supergraphIsStale).toBe(1);
    }
    publish(gateway, whole);
    await until('the next good one is served', () => readState().supergraphSwapsTotal === 2);
    expect(readState().supergraphIsStale).toBe(0);
    const { length } = load.outcomes;
    await until('answers come from it', () => load.outcomes.length > length + 50);
    const outcomes = await load.stop();
    await gateway.stop();
    const times = outcomes.map(({ elapsedMs }) => elapsedMs);
    const p99 = percentile(times, 0.99);
    expect(problemsOf(outcomes)).toEqual([]);
    expect(servedMs).toBeLessThan(2_000 + noiseMs);
    expect(p99).toBeLessThan(500 + noiseMs);
    // Whatever the machine does meanwhile: half of them kept the figure.
    expect(percentile(times, 0.5)).toBeLessThan(500);
    found(
      'E1',
      'update at 100 a second',
      `0 of ${outcomes.length} failed, p99 ${p99} ms, served after ${servedMs} ms`,
    );
    found(
      'E2',
      'three broken updates at 100 a second',
      '0 failed, refused, the next good one taken',
    );
  });

  test('leaves memory and descriptors flat after sixty changes', async () => {
    const gateway = await startGatewayHere({
      supergraph: { pollIntervalMs: 100, rollback: { windowMs: 100 } },
      http: { requestTimeoutMs: 200 },
    });
    const megabytes: number[] = [];
    const descriptors: number[] = [];
    for (let change = 1; change <= 60; change += 1) {
      publish(gateway, gateway.subgraph.supergraph(`version ${change}`));
      await until('it is served', () => readState().supergraphSwapsTotal === change);
      expect((await gateway.ask(echoQuery, change)).body).toEqual({ data: { echo: change } });
      if (change % 20 !== 0) continue;
      // The old ones are retired a second after the window.
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      megabytes.push(measureHeap());
      descriptors.push(countDescriptors());
    }
    await gateway.stop();
    const [first = 0, , last = 0] = megabytes;
    const more = (descriptors.at(-1) ?? 0) - (descriptors[0] ?? 0);
    expect(last - first).toBeLessThan(20);
    // Each update that left one behind would make forty. Sockets that are kept for a while come and go.
    expect(more).toBeLessThan(20);
    found(
      'E3',
      '60 updates',
      `heap ${(last - first).toFixed(1)} MB and ${more} descriptors more after 60 than after 20`,
    );
  });
});
