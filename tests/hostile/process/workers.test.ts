import { describe, expect, test } from '@jest/globals';
import { echoQuery } from './echo-subgraph.ts';
import { makeFaultModule } from './fault-module.ts';
import { ask } from './gateway-here.ts';
import { writeSettings, type GatewayProcess, type ProcessOptions } from './gateway-process.ts';
import { setUpGateways } from './gateway-suite.ts';
import { until } from './raw-socket.ts';
import {
  lostAtStop,
  problemsOf,
  startSteadyLoad,
  type Outcome,
  type SteadyLoad,
} from './steady-load.ts';

const noiseMs = 15_000;
const suite = setUpGateways('workers');
const { start, found } = suite;

function startWorkers(options: Partial<ProcessOptions> = {}): GatewayProcess {
  return start({ ...options, flags: ['--workers', '2'] });
}

/** Process ids of the workers that said they were ready, oldest first. */
function workersOf(gateway: GatewayProcess): number[] {
  return gateway.lines
    .filter(({ msg }) => msg === 'worker ready')
    .map(({ worker }) => Number(worker));
}

/** Waits until both have said so: their lines may come after that of the supervisor. @returns the first one's id */
async function bothReady(gateway: GatewayProcess): Promise<number> {
  await until('both workers say so', () => workersOf(gateway).length === 2);
  const [first] = workersOf(gateway);
  if (!first) throw new Error('a worker has no process id');
  return first;
}

/** What is neither whole nor the end of a connection that was cut with its process. */
function problemsBeside(outcomes: readonly Outcome[], expected: RegExp): string[] {
  return problemsOf(outcomes).filter((problem) => !expected.test(problem));
}

/**
 * Takes over a limit of 2,000 bytes while a hundred requests a second come.
 * @param isFresh whether each comes on a connection of its own: an idle one may end just when a late client sends on it
 * @returns the load, which goes on
 */
async function reloadUnderLoad(gateway: GatewayProcess, isFresh: boolean): Promise<SteadyLoad> {
  const load = startSteadyLoad(await gateway.ready, { perSecond: 100, isFresh });
  await until('the load runs', () => load.outcomes.length > 30);
  writeSettings(gateway.settingsFile, { http: { maxBodyBytes: 2_000 } });
  process.kill(gateway.pid, 'SIGHUP');
  await gateway.logged('settings reloaded');
  return load;
}

async function expectSmallBodies(url: string): Promise<void> {
  const large = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: `{ __typename } # ${'x'.repeat(3_000)}` }),
  });
  expect(large.status).toBe(413);
}

describe('two workers under a supervisor', () => {
  test('share the port, are ready together, and stop together without losing what was accepted', async () => {
    const gateway = startWorkers({ settings: { listen: { drainDelayMs: 2_000 } } });
    const url = await gateway.ready;
    await bothReady(gateway);
    while ((await fetch(`${url}/health/ready`)).status !== 200);
    const { arrived } = suite.subgraph.seen;
    const load = startSteadyLoad(url, { perSecond: 100, maxUnderWay: 50 });
    await until('the load runs', () => load.outcomes.length > 30);
    const toldMs = load.elapsedMs();
    gateway.child.kill('SIGTERM');
    expect((await gateway.ended).code).toBe(0);
    const outcomes = await load.stop();
    expect(lostAtStop(outcomes, toldMs)).toEqual([]);
    expect(suite.subgraph.seen.arrived - arrived).toBe(
      outcomes.filter(({ isWhole }) => isWhole).length,
    );
  });

  test('have their metrics added up by the supervisor', async () => {
    const gateway = startWorkers({ settings: { telemetry: { listen: { port: 0 } } } });
    const url = await gateway.ready;
    for (let n = 0; n < 20; n += 1) await ask(url, echoQuery, n);
    const listening = gateway.lines.filter(({ msg }) => msg === 'metrics');
    expect(listening).toHaveLength(1);
    const metricsUrl = String(listening[0]?.['url']);
    const text = await (await fetch(metricsUrl)).text();
    expect(text).toContain('trellis_requests_total{kind="query",status="200",code=""} 20');
    expect(text).toContain('trellis_request_duration_seconds_count{kind="query"} 20');
    expect(text).toContain('trellis_request_duration_seconds_bucket{le="+Inf",kind="query"} 20');
    expect(text).toMatch(/^trellis_workers_ready 2$/m);
    expect(text).toMatch(/^trellis_supergraph_info\{id="[0-9a-f]{16}"\} 1$/m);
    expect((await fetch(new URL('/health/ready', metricsUrl))).status).toBe(200);
    const state = await (await fetch(new URL('/state', metricsUrl))).json();
    expect(state).toMatchObject({ workers: 2 });
  });

  test('are not started when one of them cannot be: the supervisor ends with status 1', async () => {
    const gateway = startWorkers({ supergraph: 'type Query { nothing: Int }' });
    expect((await gateway.ended).code).toBe(1);
    expect(gateway.lines.some(({ msg }) => msg?.includes('is invalid'))).toBe(true);
  });

  test('are replaced when one is killed, while the other answers', async () => {
    const gateway = startWorkers();
    const url = await gateway.ready;
    const victim = await bothReady(gateway);
    const load = startSteadyLoad(url, { perSecond: 100 });
    await until('the load runs', () => load.outcomes.length > 30);
    const startedAt = performance.now();
    process.kill(victim, 'SIGKILL');
    await until('there is another', () => workersOf(gateway).length === 3);
    const elapsedMs = Math.round(performance.now() - startedAt);
    const outcomes = await load.stop();
    const cut = problemsOf(outcomes).length;
    // Whoever waited for the one that was killed, or was just being handed to it, has lost its connection; nobody else.
    expect(problemsBeside(outcomes, /UND_ERR_SOCKET|ECONNRESET|timeout/)).toEqual([]);
    // As many as it had connections, and some more that came before its end was noticed.
    expect(cut).toBeLessThanOrEqual(80);
    expect(elapsedMs).toBeLessThan(5_000 + noiseMs);
    found(
      'E9',
      'kill -9 of one of two workers',
      `another is ready after ${elapsedMs} ms, ${cut} of ${outcomes.length} requests cut`,
    );
  });

  test('are replaced when one is stuck, and the other answers meanwhile', async () => {
    const faults = makeFaultModule();
    const gateway = startWorkers({ env: faults.env, settings: { workers: { maxStallMs: 4_000 } } });
    const url = await gateway.ready;
    const stuck = await bothReady(gateway);
    const startedAt = performance.now();
    faults.inflict(stuck, 'block');
    const line = await gateway.logged('worker is stuck');
    const foundMs = Math.round(performance.now() - startedAt);
    await until('there is another', () => workersOf(gateway).length >= 3);
    expect(line['pid']).toBe(stuck);
    expect((await ask(url, echoQuery, 5)).body).toEqual({ data: { echo: 5 } });
    found(
      'E12',
      'event loop of a worker blocked, limit 4 s',
      `killed after ${foundMs} ms, another started`,
    );
  });

  test('take over new settings one by one on SIGHUP, and no request fails', async () => {
    const gateway = startWorkers();
    const url = await gateway.ready;
    const load = await reloadUnderLoad(gateway, true);
    const outcomes = await load.stop();
    expect(problemsOf(outcomes)).toEqual([]);
    await until('four have been started', () => workersOf(gateway).length === 4);
    await expectSmallBodies(url);
    found('–', 'SIGHUP with two workers, 100 a second', `0 of ${outcomes.length} requests failed`);
  });
});

describe('SIGHUP to a single process', () => {
  test('takes over new settings between two requests, and no request fails', async () => {
    const gateway = start();
    const url = await gateway.ready;
    const load = await reloadUnderLoad(gateway, false);
    await until('answers come from the new one', () => load.outcomes.length > 100);
    expect(problemsOf(await load.stop())).toEqual([]);
    await expectSmallBodies(url);
  });

  test.each([
    [
      'need a restart',
      { listen: { bodyTimeoutMs: 1_000 } },
      'a restart is needed for changes of listen',
    ],
    ['are invalid', { listne: {} }, 'listne'],
    ['cannot be served', { authorization: { permissions: './none.js' } }, 'none.js'],
  ])('refuses settings that %s, and goes on', async (_which, settings, reason) => {
    const gateway = start();
    const url = await gateway.ready;
    writeSettings(gateway.settingsFile, settings);
    process.kill(gateway.pid, 'SIGHUP');
    const line = await gateway.logged('settings refused');
    expect(line['reason']).toContain(reason);
    expect((await ask(url, echoQuery, 5)).body).toEqual({ data: { echo: 5 } });
  });
});
