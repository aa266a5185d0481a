import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { post } from '../ask.ts';
import { startHostileGraph, type HostileGraph } from '../hostile-graph.ts';
import { uniqueOperation } from './unique-operation.ts';

/** Small, so that they are full after the first round. */
const caches = {
  operation: { maxCacheBytes: 1_000_000, persistedQueries: { maxCacheBytes: 100_000 } },
  execution: { maxPlanCacheBytes: 2_000_000 },
};
const perRound = 300;
/** All that a round may leave behind: what it asked for would take some 60 MB if it were kept. */
const maxGrowthBytes = 12_000_000;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

describe('memory', () => {
  let graph: HostileGraph;
  beforeAll(async () => {
    graph = await startHostileGraph({ settings: caches });
  });
  afterAll(() => graph.stop());

  async function askRound(round: number): Promise<number> {
    for (let at = 0; at < perRound; at += 1) {
      const { query } = uniqueOperation(round * perRound + at);
      const sha256Hash = createHash('sha256').update(query).digest('hex');
      const extensions = { persistedQuery: { version: 1, sha256Hash } };
      const answer = await post(graph.url, { query, extensions });
      expect([answer.status, answer.text.slice(0, 8)]).toEqual([200, '{"data":']);
    }
    collect();
    return process.memoryUsage().heapUsed;
  }

  test('stays where it is once caches are full, however many operations come', async () => {
    const first = await askRound(0);
    await askRound(1);
    const third = await askRound(2);
    expect(third - first).toBeLessThan(maxGrowthBytes);
  });
});
