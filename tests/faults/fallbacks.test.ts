import { afterEach, describe, expect, test } from '@jest/globals';
import { heal, readProducts } from './check-row.ts';
import { startFaultGraph, type FaultGraph, type GraphAnswer } from './fault-graph.ts';
import { expectWellFormed } from './well-formed.ts';

/** Root fields of the faulty subgraph: what a breaker per field path tells apart. */
const thingsQuery = '{ things { __typename } }';
const productsQuery = '{ products { id name inStock } }';

describe.each(['trellis', 'apollo'] as const)(
  'breakers per field path and what they fall back to, engine %s',
  (engine) => {
    let graph: FaultGraph | undefined;
    afterEach(() => graph?.stop());

    async function start(fallback: 'error' | 'null' | 'last-good'): Promise<FaultGraph> {
      const breaker = { scope: 'fields', minRequests: 4, openMs: 60_000, fallback };
      const stock = { breaker, retry: { attempts: 0 } };
      graph = await startFaultGraph({ engine, subgraphs: { stock } });
      return graph;
    }

    /** Makes one path fail until nobody asks for it any more. */
    async function breakPath(query: string, mode = 'http503'): Promise<GraphAnswer> {
      if (!graph) throw new Error('not started');
      const { stock } = graph;
      stock.mode = mode;
      for (let round = 0; round < 20; round += 1) {
        stock.received.length = 0;
        const answer = await graph.ask(query);
        expectWellFormed(answer);
        if (stock.received.length === 0) return answer;
      }
      throw new Error('the breaker never opened');
    }

    test('an open breaker of one path leaves the others alone', async () => {
      const { ask, stock } = await start('error');
      const refused = await breakPath(thingsQuery);
      expect(refused.body.data).toEqual({ things: null });
      expect(refused.body.errors?.[0]).toMatchObject({
        path: ['things'],
        extensions: { code: 'SUBGRAPH_UNAVAILABLE' },
      });
      stock.mode = 'ok';
      const others = await ask(productsQuery);
      expect(others.body.errors).toBeUndefined();
      expect(readProducts(others).inStock).toEqual([true, false, true]);
      // Its own path rests for a minute.
      expect((await ask(thingsQuery)).body.data).toEqual({ things: null });
    });

    test('fields of one entity type have breakers of their own', async () => {
      const { ask, stock } = await start('error');
      const labels = '{ products { id name label } }';
      await breakPath(labels, 'no-labels');
      // The fault is still there; only who asks for labels is refused.
      const others = await ask(productsQuery);
      expect(others.body.errors).toBeUndefined();
      expect(readProducts(others).inStock).toEqual([true, false, true]);
      expect((await ask(labels)).body.errors?.[0]?.extensions?.['code']).toBe(
        'SUBGRAPH_UNAVAILABLE',
      );
      expect(stock.received.some((body) => body.includes('label'))).toBe(false);
    });

    test('null is the answer without an error where null is declared', async () => {
      await start('null');
      const answer = await breakPath(productsQuery);
      expect(answer.body.errors).toBeUndefined();
      expect(readProducts(answer)).toMatchObject({ inStock: [null, null, null] });
    });

    test('so it is for fields of the root', async () => {
      await start('null');
      expect((await breakPath(thingsQuery)).body).toEqual({ data: { things: null } });
    });

    test('the last good value is the answer where that is declared, and an error where there is none', async () => {
      const { ask } = await start('last-good');
      if (graph) await heal(graph);
      const kept = await breakPath(productsQuery);
      expect(kept.body.errors).toBeUndefined();
      expect(readProducts(kept).inStock).toEqual([true, false, true]);
      // The same field, asked for in other words: nothing was kept for those.
      const unknown = await ask('{ products { id name available: inStock } }');
      expectWellFormed(unknown);
      expect(unknown.text).toContain('"available":null');
      expect(unknown.body.errors?.[0]?.extensions?.['code']).toBe('SUBGRAPH_UNAVAILABLE');
    });
  },
);
