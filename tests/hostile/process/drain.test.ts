import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { request } from 'undici';
import { printFindings, record } from '../../faults/results.ts';
import { startEchoSubgraph, type EchoSubgraph } from './echo-subgraph.ts';
import { startGatewayProcess, writeSettings, type GatewayProcess } from './gateway-process.ts';
import { until } from './raw-socket.ts';
import { problemsOf, startSteadyLoad, type SteadyLoad } from './steady-load.ts';

const perSecond = 200;
const closing: (() => Promise<unknown>)[] = [];
let subgraph: EchoSubgraph;

beforeAll(async () => {
  subgraph = await startEchoSubgraph();
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
afterAll(async () => {
  await subgraph.stop();
  printFindings('drain');
});

function start(flags: readonly string[], settings: object = {}): GatewayProcess {
  const started = startGatewayProcess({ supergraph: subgraph.supergraph(), flags, settings });
  closing.push(() => started.dispose());
  return started;
}

/** A balancer asks for readiness again and again, and sends nothing more once it is told no. */
async function stopWhenNotReady(url: string, load: SteadyLoad): Promise<void> {
  for (;;) {
    const { statusCode, body } = await request(`${url}/health/ready`, { reset: true });
    await body.dump();
    if (statusCode === 503) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await load.stop();
}

const kinds = [
  ['one process', []],
  ['two workers', ['--workers', '2']],
] as const;

describe.each(kinds)('%s, each request on a connection of its own,', (kind, flags) => {
  test('loses nothing at SIGTERM when the balancer in front reads its readiness within listen.drainDelayMs', async () => {
    const gateway = start(flags, { listen: { drainDelayMs: 3_000 } });
    const url = await gateway.ready;
    await until('it is ready', () => gateway.lines.some(({ msg }) => msg === 'ready'));
    const load = startSteadyLoad(url, { perSecond, isFresh: true });
    await until('the load runs', () => load.outcomes.length > 20);
    gateway.child.kill('SIGTERM');
    await stopWhenNotReady(url, load);
    expect(problemsOf(load.outcomes)).toEqual([]);
    expect((await gateway.ended).code).toBe(0);
    const fault = `SIGTERM, ${kind}, a connection for each request`;
    const measured = `0 of ${load.outcomes.length} lost`;
    record({ row: 'E7', engine: 'trellis', fault, measured });
  });
});

describe('two workers, each request on a connection of its own,', () => {
  test('lose nothing while they are replaced one by one', async () => {
    const gateway = start(['--workers', '2']);
    const load = startSteadyLoad(await gateway.ready, { perSecond, isFresh: true });
    await until('the load runs', () => load.outcomes.length > 20);
    writeSettings(gateway.settingsFile, { http: { maxBodyBytes: 2_000 } });
    process.kill(gateway.pid, 'SIGHUP');
    await gateway.logged('settings reloaded');
    expect(problemsOf(await load.stop())).toEqual([]);
    const fault = 'SIGHUP, two workers, a connection for each request';
    const measured = `0 of ${load.outcomes.length} lost`;
    record({ row: '–', engine: 'trellis', fault, measured });
  });
});
