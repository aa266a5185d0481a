import { afterAll, describe, expect, test } from '@jest/globals';
import { printFindings, record } from '../../faults/results.ts';
import { runOverload } from './overload-run.ts';

/** What a busy machine may add: load, subgraph and gateway share its cores here. */
const noiseMs = 900;

describe('far more requests than can be answered', () => {
  afterAll(() => printFindings('overload'));

  test('are refused at once, the others answered in time, and all is normal soon after', async () => {
    const result = await runOverload({
      // Answers are late on a busy machine: whether they come is what counts here.
      settings: { overload: { maxRequests: 100 }, subgraphs: { all: { timeoutMs: 20_000 } } },
      normalRate: 40,
      overloadRate: 600,
      normalSeconds: 2,
      overloadSeconds: 3,
      subgraphMs: 300,
    });
    expect(result.lost).toEqual([]);
    expect(result.answered).toBeGreaterThan(100);
    expect(result.shed).toBeGreaterThan(100);
    expect(result.shedP50Ms).toBeLessThan(100);
    expect(result.shedP99Ms).toBeLessThan(100 + noiseMs);
    expect(result.answeredP99Ms).toBeLessThan(5_000);
    expect(result.recoveryMs).toBeLessThan(5_000);
    expect(result.probes).toBeGreaterThan(5);
    expect(result.probeFailures).toBe(0);
    record({
      row: 'E6',
      engine: 'trellis',
      fault: '600 a second for 3 s, subgraph of 300 ms, at most 100 at once',
      measured: `${result.answered} answered (p99 ${result.answeredP99Ms} ms), ${result.shed} refused (p99 ${result.shedP99Ms} ms), 0 lost, normal after ${result.recoveryMs} ms`,
    });
  });
});
