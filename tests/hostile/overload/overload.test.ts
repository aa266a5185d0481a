import { afterAll, describe, expect, test } from '@jest/globals';
import { printFindings, record } from '../../faults/results.ts';
import { echoQuery, startEchoSubgraph } from '../process/echo-subgraph.ts';
import { makeFaultModule } from '../process/fault-module.ts';
import { ask } from '../process/gateway-here.ts';
import { startGatewayProcess } from '../process/gateway-process.ts';
import { until } from '../process/raw-socket.ts';
import { startSteadyLoad } from '../process/steady-load.ts';
import { runOverload } from './overload-run.ts';

/** What a busy machine may add: load, subgraph and gateway share its cores here. */
const noiseMs = 5_000;

describe('far more requests than can be answered', () => {
  afterAll(() => printFindings('overload'));

  test('are refused at once, the others answered in time, and all is normal soon after', async () => {
    const result = await runOverload({
      // Answers are late on a busy machine: whether they come is what counts here.
      settings: { overload: { maxRequests: 100 }, subgraphs: { all: { timeoutMs: 20_000 } } },
      normalRate: 40,
      overloadRate: 600,
      normalSeconds: 1.5,
      overloadSeconds: 2,
      subgraphMs: 300,
    });
    expect(result.lost).toEqual([]);
    expect(result.answered).toBeGreaterThan(100);
    expect(result.shed).toBeGreaterThan(100);
    expect(result.shedP50Ms).toBeLessThan(100 + result.clientDelayP99Ms + noiseMs);
    expect(result.shedP99Ms).toBeLessThan(100 + 2 * (result.clientDelayP99Ms + noiseMs));
    // Whatever the machine does meanwhile: who is refused does not wait for those who are answered.
    expect(result.shedP50Ms).toBeLessThan(result.answeredP50Ms);
    expect(result.answeredP99Ms).toBeLessThan(5_000 + noiseMs);
    expect(result.recoveryMs).toBeLessThan(5_000);
    expect(result.probes).toBeGreaterThan(0);
    expect(result.probeFailures).toBe(0);
    record({
      row: 'E6',
      engine: 'trellis',
      fault: '600 a second for 2 s, subgraph of 300 ms, at most 100 at once',
      measured: `${result.answered} answered (p99 ${result.answeredP99Ms} ms), ${result.shed} refused (p99 ${result.shedP99Ms} ms), 0 lost, normal after ${result.recoveryMs} ms`,
    });
  });
});

describe('work that keeps the event loop busy', () => {
  test('makes the gateway let in fewer requests, and all of them again when it is over', async () => {
    const subgraph = await startEchoSubgraph();
    subgraph.delayMs = 50;
    const faults = makeFaultModule();
    const gateway = startGatewayProcess({
      supergraph: subgraph.supergraph(),
      settings: {
        overload: { busyRequests: 5, minRequests: 5 },
        subgraphs: { all: { timeoutMs: 20_000 } },
      },
      env: faults.env,
    });
    const url = await gateway.ready;
    await ask(url, echoQuery, 0);
    const load = startSteadyLoad(url, { perSecond: 200, connections: 1_000, maxUnderWay: 1_000 });
    await until('the load runs', () => load.outcomes.length > 50);
    faults.inflict(gateway.pid, 'strain');
    const line = await gateway.logged('too much to do');
    await gateway.logged('no longer refusing requests');
    const { length } = load.outcomes;
    await until('all that come are answered', () => {
      const { outcomes } = load;
      return outcomes.length > length + 50 && outcomes.slice(-40).every(({ isWhole }) => isWhole);
    });
    const outcomes = await load.stop();
    await gateway.dispose();
    await subgraph.stop();
    const refused = outcomes.filter(({ status }) => status === 503);
    expect(line['limit']).toBeLessThan(1_000);
    expect(refused.length).toBeGreaterThan(0);
    expect(outcomes.filter(({ status, isWhole }) => !isWhole && status !== 503)).toEqual([]);
  });
});
