import { afterEach, describe, expect, test } from '@jest/globals';
import type { GatewayError } from '../errors.ts';
import { createLocalGraph } from '../execution/testing/local-graph.ts';
import { shop } from '../execution/testing/shop.ts';
import { createPlanner, type Planner } from './planner.ts';
import { supergraphForPlanner } from './supergraph-for-planner.ts';

const { sdl } = createLocalGraph(shop);
const planned = supergraphForPlanner(sdl, { enforcesAccessDirectives: false });
const request = { operations: ['{ reviews { author { name } } }'], overrides: [] };
const open: Planner[] = [];

function planner(options: { timeoutMs?: number; workerThreshold: number }): Planner {
  const created = createPlanner(planned, sdl, { timeoutMs: 60_000, ...options });
  open.push(created);
  return created;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

describe('planning', () => {
  test('small operations are planned at once', () => {
    expect(planner({ workerThreshold: 300 }).plan(request, 3)).toMatchObject({
      kind: 'query',
      steps: [
        { subgraph: 'reviews', path: [], after: [] },
        { subgraph: 'accounts', path: ['reviews', 'author'], after: [0] },
      ],
    });
  });

  test('large operations are planned in a thread, with the same plan', async () => {
    const inThread = planner({ workerThreshold: 1 });
    const first = inThread.plan(request, 3);
    const second = inThread.plan(request, 3);
    expect(first).toBeInstanceOf(Promise);
    expect(await first).toEqual(planner({ workerThreshold: 300 }).plan(request, 3));
    expect(await second).toEqual(await first);
  });

  test('without a bound every operation is planned at once, however large', () => {
    const atOnce = planner({ workerThreshold: Infinity }).plan(request, 100_000);
    expect(atOnce).toEqual(planner({ workerThreshold: 300 }).plan(request, 3));
  });

  test('a plan that takes too long is refused, and the next operation gets a new thread', async () => {
    const hurried = planner({ workerThreshold: 1, timeoutMs: 1 });
    // Some hundred times the time it has: a busy machine that looks late still finds it planning.
    const fields = Array.from(
      { length: 400 },
      (_each, at) => `r${at}: reviews { author { name } }`,
    );
    const long = { ...request, operations: [`{ ${fields.join(' ')} }`] };
    for (const attempt of ['first', 'second']) {
      await expect(
        Promise.resolve(hurried.plan(long, 3)).catch((error: GatewayError) => [
          attempt,
          error.code,
        ]),
      ).resolves.toEqual([attempt, 'DEADLINE_EXCEEDED']);
    }
  });

  test('the reason why there is no plan comes back from the thread', async () => {
    const broken = { operations: ['{ nothing }'], overrides: [] };
    await expect(planner({ workerThreshold: 1 }).plan(broken, 1)).rejects.toThrow(
      /has no plan.*nothing/,
    );
    expect(() => planner({ workerThreshold: 300 }).plan(broken, 1)).toThrow(/has no plan.*nothing/);
  });
});
