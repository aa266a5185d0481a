import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  expectLostStock,
  expectWithin,
  heal,
  productsQuery,
  readProducts,
  waitUntil,
} from './check-row.ts';
import { startFaultGraph, type FaultGraph, type GraphAnswer } from './fault-graph.ts';
import { printFindings, record } from './results.ts';
import { expectWellFormed } from './well-formed.ts';

afterAll(() => printFindings('outages'));

describe.each(['trellis', 'apollo'] as const)('longer outages, engine %s', (engine) => {
  let graph: FaultGraph;
  beforeEach(async () => {
    // Breakers do not know which engine asks: once with the rest that is the default, once with a short one.
    const breaker = engine === 'trellis' ? {} : { openMs: 500 };
    graph = await startFaultGraph({ engine, subgraphs: { all: { breaker, timeoutMs: 1_000 } } });
    await heal(graph);
  });
  afterEach(() => graph.stop());

  /** Asks at a steady pace, whether answers come or not. */
  async function askSteadily(perSecond: number, durationMs: number): Promise<GraphAnswer[]> {
    const asked: Promise<GraphAnswer>[] = [];
    const endsAt = performance.now() + durationMs;
    for (let next = performance.now(); next < endsAt; next += 1000 / perSecond) {
      await pauseUntil(next);
      asked.push(graph.ask(productsQuery));
    }
    return Promise.all(asked);
  }

  function expectHealthyPart(answers: readonly GraphAnswer[]): void {
    for (const answer of answers) {
      expectWellFormed(answer);
      expect(readProducts(answer).healthy).toEqual([
        { id: '1', name: 'Product 1' },
        { id: '2', name: 'Product 2' },
        { id: '3', name: 'Product 3' },
      ]);
    }
  }

  /** So many questions of which no two are equal, so that each is a fetch of its own. */
  function askDistinctly(times: number): Promise<GraphAnswer[]> {
    return Promise.all(
      Array.from({ length: times }, (_each, at) =>
        graph.ask(`{ products { id name inStock q${at}: quantity } }`),
      ),
    );
  }

  test('A17 a failing subgraph is left alone, probed by three at a time, and asked again once it answers', async () => {
    const { stock } = graph;
    stock.mode = 'http500-text';
    for (let round = 0; round < 160; round += 1) await graph.ask(productsQuery);
    stock.received.length = 0;
    const refusedMs = await expectWithin(200, async () => {
      const refused = await graph.ask(productsQuery);
      expectLostStock(refused, ['SUBGRAPH_UNAVAILABLE']);
      return refused;
    });
    // After its rest it is probed; the probe fails, and the breaker opens again.
    while (stock.received.length === 0) await graph.ask(productsQuery);
    expect(stock.received).toHaveLength(1);
    // Probes that hang keep their places: whoever comes meanwhile is refused, and no fourth gets through.
    stock.mode = 'hang';
    stock.received.length = 0;
    await untilAsked(() => stock.received.length > 0);
    const crowd = askDistinctly(50);
    await waitUntil(() => stock.received.length === 3, 2_000);
    expectHealthyPart(await crowd);
    expect(stock.received).toHaveLength(3);

    const healMs = await heal(graph);
    expect(healMs).toBeLessThan(10_000);
    const measured = `refused in ${refusedMs} ms, 3 probes, closed ${healMs} ms after recovery`;
    record({ row: 'A17', engine, fault: '160 failures', measured });
  });

  /** Asks again and again, for the healthy part at least, until something is so. */
  async function untilAsked(isSo: () => boolean): Promise<void> {
    const startedAt = performance.now();
    for (let at = 0; !isSo(); at += 1) {
      if (performance.now() - startedAt > 10_000) throw new Error('not so after ten seconds');
      void graph.ask(`{ products { id name inStock s${at}: quantity } }`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  test('A18 a flapping subgraph loses nobody the healthy part', async () => {
    graph.stock.mode = 'flap';
    const answers = await askSteadily(100, 2_000);
    expect(answers).toHaveLength(200);
    expectHealthyPart(answers);
    await heal(graph);
    const whole = answers.filter(({ body }) => !body.errors).length;
    record({
      row: 'A18',
      engine,
      fault: 'flap',
      measured: `healthy part in 200 of 200, ${whole} whole`,
    });
  });

  test('A19 an outage of three seconds under load costs only the fields of that subgraph', async () => {
    await graph.stock.refuse();
    const answers = await askSteadily(50, 3_000);
    await graph.stock.listen();
    const healMs = await heal(graph);
    expectHealthyPart(answers);
    const times = answers.map(({ elapsedMs }) => elapsedMs).sort((a, b) => a - b);
    const p99 = Math.round(times[Math.floor(times.length * 0.99)] ?? Infinity);
    expect(p99).toBeLessThan(1_000);
    expect(healMs).toBeLessThan(5_000);
    const measured = `0 of ${answers.length} lost, p99 ${p99} ms, whole again after ${healMs} ms`;
    record({ row: 'A19', engine, fault: 'refused for 3 s at 50 rps', measured });
  });
});

async function pauseUntil(moment: number): Promise<void> {
  const leftMs = moment - performance.now();
  if (leftMs > 0) await new Promise((resolve) => setTimeout(resolve, leftMs));
}
