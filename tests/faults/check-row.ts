import { expect } from '@jest/globals';
import type { FaultGraph, GraphAnswer } from './fault-graph.ts';
import { record } from './results.ts';
import { expectWellFormed } from './well-formed.ts';

/** What a busy machine may add to any figure, whatever the figure. */
export const noiseMs = 5_000;
/** How long a fault is made again and again until an answer keeps the figure. */
const patienceMs = 20_000;
/** After a fault has ended, everything is whole again within this time. */
const maxHealMs = 10_000 + noiseMs;

export const productsQuery = '{ products { id name inStock } }';

const healthyPart = [
  { id: '1', name: 'Product 1' },
  { id: '2', name: 'Product 2' },
  { id: '3', name: 'Product 3' },
];

/** The part of an answer that the healthy subgraph gave, and what the other one gave. */
export function readProducts({ body }: GraphAnswer): {
  readonly healthy: unknown;
  readonly inStock: readonly unknown[];
} {
  const products = (body.data?.['products'] ?? []) as {
    readonly id: string;
    readonly name: string;
    readonly inStock: unknown;
  }[];
  return {
    healthy: products.map(({ id, name }) => ({ id, name })),
    inStock: products.map(({ inStock }) => inStock),
  };
}

export interface RowCheck {
  readonly row: string;
  readonly engine: string;
  readonly mode: string;
  /** The figure of the matrix: a machine of its own keeps it always, a busy one now and then. */
  readonly maxMs: number;
  /** Codes of which one must stand in every error. */
  readonly codes: readonly string[];
}

/**
 * Asks until an answer keeps the figure: a busy machine adds to some answers, a gateway that is too slow to all. None may
 * exceed the figure by more than the noise.
 * @returns the least time in milliseconds
 */
export async function expectWithin(
  maxMs: number,
  ask: () => Promise<GraphAnswer>,
): Promise<number> {
  let bestMs = Infinity;
  const endsAt = performance.now() + patienceMs;
  while (bestMs > maxMs && performance.now() < endsAt) {
    const { elapsedMs } = await ask();
    expect(elapsedMs).toBeLessThan(maxMs + noiseMs);
    bestMs = Math.min(bestMs, Math.round(elapsedMs));
  }
  expect(bestMs).toBeLessThanOrEqual(maxMs);
  return bestMs;
}

/**
 * Makes the fault and asks: the healthy part must be whole, the other null with an error at its path, in time, and
 * everything whole again soon after the fault has ended.
 */
export async function checkFailure(graph: FaultGraph, check: RowCheck): Promise<void> {
  const { row, engine, mode, maxMs, codes } = check;
  graph.stock.mode = mode;
  const bestMs = await expectWithin(maxMs, async () => {
    const answer = await graph.ask(productsQuery);
    expectLostStock(answer, codes);
    return answer;
  });
  const healMs = await heal(graph);
  const measured = `${bestMs} ms, whole again after ${healMs} ms`;
  record({ row, engine, fault: mode, measured });
}

/** The healthy part is whole, the other null, with an error of one of the codes at its path. */
export function expectLostStock(answer: GraphAnswer, codes: readonly string[]): void {
  expectWellFormed(answer);
  const { healthy, inStock } = readProducts(answer);
  expect(healthy).toEqual(healthyPart);
  expect(inStock).toEqual([null, null, null]);
  expect(answer.body.errors?.length ?? 0).toBeGreaterThan(0);
  for (const error of answer.body.errors ?? []) {
    expect(codes).toContain(error.extensions?.['code']);
    expect(error.path?.[0]).toBe('products');
  }
}

/** Ends the fault and waits until an answer is whole. @returns how long that took */
export async function heal(graph: FaultGraph): Promise<number> {
  graph.stock.mode = 'ok';
  const startedAt = performance.now();
  for (;;) {
    const answer = await graph.ask(productsQuery);
    expectWellFormed(answer);
    const elapsedMs = Math.round(performance.now() - startedAt);
    if (answer.body.errors === undefined) {
      expect(readProducts(answer).inStock).toEqual([true, false, true]);
      expect(elapsedMs).toBeLessThan(maxHealMs);
      return elapsedMs;
    }
    expect(elapsedMs).toBeLessThan(maxHealMs);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export async function waitUntil(condition: () => boolean, maxMs: number): Promise<number> {
  const startedAt = performance.now();
  while (!condition()) {
    if (performance.now() - startedAt > maxMs) throw new Error(`not so after ${maxMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return Math.round(performance.now() - startedAt);
}
