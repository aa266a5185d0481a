import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { JsonObject, JsonValue } from '../transport/subgraph-fetch.ts';
import type { PieceSize } from './pieces.ts';
import { createLocalGraph, type LocalGraph } from './testing/local-graph.ts';
import { shop } from './testing/shop.ts';

const whole = createLocalGraph(shop);
const inPieces: readonly (readonly [LocalGraph, PieceSize])[] = [
  { items: 0, durationMs: 0 },
  { items: 5, durationMs: 0 },
  { items: 2, durationMs: 1_000 },
].map((pieceSize) => [createLocalGraph(shop, { pieceSize }), pieceSize]);

const queries = [
  '{ users { id name reviews { text product { name reviews { author { name age } } } } } }',
  '{ topProducts { name price reviews { id text author { name friend { name } } } } }',
  '{ reviews { text author { name reviews { text } discount } product { upc name weight } } }',
  '{ me { name } users { name friend { reviews { product { reviews { text } } } } } topProducts { upc } }',
  '{ users { a: reviews { text } b: reviews { id product { name } } } }',
];

const wrong: readonly JsonValue[] = [null, 'x', 1.5, [], {}, [null], false];

/** Puts wrong values into the answers of subgraphs, the same for the same seed. */
function spoil(value: JsonValue, next: () => number): JsonValue {
  if (next() % 23 === 0) return wrong[next() % wrong.length] ?? null;
  if (Array.isArray(value)) return value.map((item) => spoil(item, next));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      key === '__typename' ? item : spoil(item, next),
    ]),
  );
}

function spoilAnswers(graph: LocalGraph, seed: number): void {
  graph.intercept = async (request, answer) => {
    // Whatever comes first: what a request gets depends on its text alone.
    let state = seed + request.body.length;
    const next = (): number =>
      (state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff) >> 8;
    const response = await answer();
    const data = response.data && (spoil(response.data as JsonValue, next) as JsonObject | null);
    const isObject = typeof data === 'object' && data !== null && !Array.isArray(data);
    return { ...response, data: isObject ? data : response.data };
  };
}

/** Each report has an id of its own. */
function withoutIds(text: string): string {
  return text.replaceAll(/"errorId":"[^"]*"/g, '"errorId":""');
}

describe('an answer that is written in pieces', () => {
  test.each(queries)('is the answer written at once: %s', async (query) => {
    whole.intercept = (_request, answer) => answer();
    const expected = await whole.runText(query);
    for (const [graph] of inPieces) {
      graph.intercept = (_request, answer) => answer();
      expect(await graph.runText(query)).toBe(expected);
    }
  });

  test('has the same nulls and errors, whatever subgraphs answer', async () => {
    const query = fc.constantFrom(...queries);
    await fc.assert(
      fc.asyncProperty(query, fc.integer({ min: 1, max: 1_000_000 }), async (text, seed) => {
        spoilAnswers(whole, seed);
        const expected = withoutIds(await whole.runText(text));
        for (const [graph] of inPieces) {
          spoilAnswers(graph, seed);
          expect(withoutIds(await graph.runText(text))).toBe(expected);
        }
      }),
      { numRuns: 150 },
    );
  });

  test('gives way to others between its pieces', async () => {
    const [graph] = inPieces[0] ?? [];
    if (!graph) throw new Error('no graph');
    graph.intercept = (_request, answer) => answer();
    let turns = 0;
    let isRunning = true;
    const count = (): void => {
      turns += 1;
      if (isRunning) setImmediate(count);
    };
    const running = graph.run(queries[0] ?? '');
    setImmediate(count);
    await running;
    isRunning = false;
    // One for each item of the outermost list at least.
    expect(turns).toBeGreaterThanOrEqual(2);
  });
});
