import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { heal, noiseMs, productsQuery, readProducts } from './check-row.ts';
import { startFaultGraph, type FaultGraph, type GraphAnswer } from './fault-graph.ts';
import { printFindings, record } from './results.ts';
import { expectWellFormed } from './well-formed.ts';

afterAll(() => printFindings('outages'));

describe.each(['trellis', 'apollo'] as const)('longer outages, engine %s', (engine) => {
  let graph: FaultGraph;
  beforeEach(async () => {
    graph = await startFaultGraph({ engine });
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

  test('A17 a failing subgraph is left alone, probed, and asked again once it answers', async () => {
    const { stock } = graph;
    stock.mode = 'http500-text';
    for (let round = 0; round < 160; round += 1) await graph.ask(productsQuery);
    stock.mode = 'hang';
    stock.received.length = 0;
    const refused = await graph.ask(productsQuery);
    expectHealthyPart([refused]);
    expect(refused.elapsedMs).toBeLessThan(200 + noiseMs);
    // While open for two seconds, nothing but probes gets through: three at a time.
    await Promise.all(Array.from({ length: 50 }, () => graph.ask(productsQuery)));
    expect(stock.received.length).toBeLessThanOrEqual(5);
    const probes = stock.received.length;
    const healMs = await heal(graph);
    const measured = `refused in ${Math.round(refused.elapsedMs)} ms, ${probes} probes, closed ${healMs} ms after recovery`;
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
