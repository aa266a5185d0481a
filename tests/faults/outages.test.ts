import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  expectLostStock,
  expectWithin,
  heal,
  noiseMs,
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
    const all = { breaker, shareInFlight: false };
    graph = await startFaultGraph({ engine, subgraphs: { all } });
    await heal(graph);
  });
  afterEach(() => graph.stop());

  /** Asks at a steady pace, as far as the machine keeps up with it: no more than five wait at once. */
  async function askSteadily(perSecond: number, durationMs: number): Promise<GraphAnswer[]> {
    const asked: Promise<GraphAnswer>[] = [];
    let answered = 0;
    const startedAt = performance.now();
    for (let at = 0; at < (durationMs * perSecond) / 1_000; at += 1) {
      await pauseUntil(startedAt + (at * 1_000) / perSecond);
      await waitUntil(() => asked.length - answered < 5, 40_000);
      asked.push(graph.ask(productsQuery).finally(() => (answered += 1)));
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

  /** Asks one that is refused. Who comes just when the breaker has rested is its probe, and is not. */
  async function askRefused(): Promise<GraphAnswer> {
    const { received } = graph.stock;
    for (;;) {
      const { length } = received;
      const answer = await graph.ask(productsQuery);
      if (received.length > length) continue;
      expectLostStock(answer, ['SUBGRAPH_UNAVAILABLE']);
      return answer;
    }
  }

  /**
   * Crowds come one after the other until the breaker has rested and its three probes hang.
   * @returns the answers, once those have come too that waited for the probes
   */
  async function askInCrowds(): Promise<GraphAnswer[]> {
    const { received } = graph.stock;
    const asked: Promise<GraphAnswer>[] = [];
    let answered = 0;
    while (received.length < 3) {
      for (let each = 0; each < 20; each += 1) {
        asked.push(graph.ask(productsQuery).finally(() => (answered += 1)));
      }
      // All but those that hang.
      await waitUntil(() => answered + received.length >= asked.length, 20_000);
      await pauseUntil(performance.now() + 100);
    }
    return Promise.all(asked);
  }

  test('A17 a failing subgraph is left alone, probed by three at a time, and asked again once it answers', async () => {
    const { stock } = graph;
    stock.mode = 'http500-text';
    for (let round = 0; round < 160; round += 1) await graph.ask(productsQuery);
    const refusedMs = await expectWithin(200, askRefused);
    // After its rest it is probed; the probe fails, and the breaker opens again.
    stock.received.length = 0;
    while (stock.received.length === 0) await graph.ask(productsQuery);
    await askRefused();
    // Probes that hang keep their places: whoever comes meanwhile is refused, and no fourth gets through.
    stock.mode = 'hang';
    stock.received.length = 0;
    expectHealthyPart(await askInCrowds());
    expect(stock.received).toHaveLength(3);

    const healMs = await heal(graph);
    expect(healMs).toBeLessThan(10_000 + noiseMs);
    const measured = `refused in ${refusedMs} ms, 3 probes, closed ${healMs} ms after recovery`;
    record({ row: 'A17', engine, fault: '160 failures', measured });
  });

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
    expect(p99).toBeLessThan(1_000 + noiseMs);
    // Whatever the machine does meanwhile: half of them kept the figure.
    expect(times[Math.floor(times.length / 2)]).toBeLessThan(1_000);
    expect(healMs).toBeLessThan(5_000 + noiseMs);
    const measured = `0 of ${answers.length} lost, p99 ${p99} ms, whole again after ${healMs} ms`;
    record({ row: 'A19', engine, fault: 'refused for 3 s at 50 rps', measured });
  });
});

async function pauseUntil(moment: number): Promise<void> {
  const leftMs = moment - performance.now();
  if (leftMs > 0) await new Promise((resolve) => setTimeout(resolve, leftMs));
}
