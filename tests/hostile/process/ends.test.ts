import { describe, expect, test } from '@jest/globals';
import { existsSync } from 'node:fs';
import { echoQuery } from './echo-subgraph.ts';
import { ask } from './gateway-here.ts';
import type { GatewayProcess } from './gateway-process.ts';
import { setUpGateways } from './gateway-suite.ts';
import { until } from './raw-socket.ts';

const suite = setUpGateways('ends');
const { start, found } = suite;

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Process ids of both workers. */
async function workersOf(gateway: GatewayProcess): Promise<readonly number[]> {
  const ids = (): number[] =>
    gateway.lines.flatMap(({ msg, worker }) => (msg === 'worker ready' ? [Number(worker)] : []));
  await until('both workers say so', () => ids().length === 2);
  return ids();
}

/** Two workers, one of which has a request that no subgraph answers. */
async function startBusy(): Promise<{ gateway: GatewayProcess; workers: readonly number[] }> {
  const gateway = start({
    flags: ['--workers', '2'],
    settings: { subgraphs: { all: { timeoutMs: 15_000 } } },
  });
  const url = await gateway.ready;
  const workers = await workersOf(gateway);
  suite.subgraph.isHanging = true;
  const { open } = suite.subgraph.seen;
  ask(url, echoQuery, 1).catch(() => undefined);
  await until('it hangs', () => suite.subgraph.seen.open > open);
  return { gateway, workers };
}

describe('no worker goes on', () => {
  test('after a second SIGTERM, which ends supervisor and workers at once', async () => {
    const { gateway, workers } = await startBusy();
    gateway.child.kill('SIGTERM');
    await gateway.logged('stopping');
    const startedAt = performance.now();
    gateway.child.kill('SIGTERM');
    expect(await gateway.ended).toEqual({ code: 1, signal: null });
    await until('no worker is left', () => !workers.some(lives));
    const elapsedMs = Math.round(performance.now() - startedAt);
    // Otherwise they wait for the subgraph.
    expect(elapsedMs).toBeLessThan(14_000);
    found('–', 'second SIGTERM, two workers, hung request', `all gone after ${elapsedMs} ms`);
  });

  test('after kill -9 of their supervisor, once what they do is done', async () => {
    const { gateway, workers } = await startBusy();
    gateway.child.kill('SIGKILL');
    await gateway.ended;
    suite.subgraph.isHanging = false;
    const startedAt = performance.now();
    await until('no worker is left', () => !workers.some(lives), 40_000);
    const elapsedMs = Math.round(performance.now() - startedAt);
    found('–', 'kill -9 of the supervisor, hung request', `workers gone after ${elapsedMs} ms`);
  });

  test('after SIGTERM in the middle of the start', async () => {
    const gateway = start({ flags: ['--workers', '2'] });
    await gateway.logged('no TRELLIS_WIRE_SECRET');
    gateway.child.kill('SIGTERM');
    const { code } = await gateway.ended;
    expect([0, 1]).toContain(code);
    const workers = gateway.lines.flatMap(({ worker }) => (worker ? [Number(worker)] : []));
    await until('no worker is left', () => !workers.some(lives));
    expect(gateway.stderr()).toBe('');
  });
});

test('a start with 64 file descriptors says in one line what is missing', async () => {
  if (!existsSync('/proc/self/limits')) return;
  const limit = ['sh', '-c', 'ulimit -n 64 && exec "$@"', 'sh'];
  const gateway = start({ wrap: (command) => [...limit, ...command] });
  expect(await gateway.ended).toEqual({ code: 1, signal: null });
  expect(gateway.lines).toEqual([
    expect.objectContaining({ level: 'fatal', msg: expect.stringMatching(/64 files.*ulimit -n/) }),
  ]);
  expect(gateway.stderr()).toBe('');
  found('E14', 'start with ulimit -n 64', 'status 1, one line');
});
