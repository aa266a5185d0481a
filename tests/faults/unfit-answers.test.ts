import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { heal, productsQuery } from './check-row.ts';
import { startFaultGraph, type FaultGraph } from './fault-graph.ts';

describe.each(['trellis', 'apollo'] as const)(
  'answers that do not fit the schema, engine %s',
  (engine) => {
    let graph: FaultGraph;
    beforeAll(async () => {
      graph = await startFaultGraph({ engine, subgraphs: { all: { timeoutMs: 10_000 } } });
      await heal(graph);
    });
    afterAll(() => graph.stop());

    test.each([
      ['too few entities', 'entities-short'],
      ['a value of the wrong type', 'wrong-scalar'],
    ])(
      'with %s are told to whoever runs the gateway, without a value, and to clients without a name',
      async (_what, mode) => {
        const before = graph.logged().length;
        graph.stock.mode = mode;
        const { text, body } = await graph.ask(productsQuery);
        expect(body.errors?.[0]?.extensions?.['code']).toBe('SUBGRAPH_MALFORMED_RESPONSE');
        expect(text).not.toContain('stock"');
        const lines = graph
          .logged()
          .slice(before)
          .split('\n')
          .filter((line) => line.includes('does not fit the schema'));
        expect(lines).toHaveLength(1);
        const line = JSON.parse(lines[0] ?? '') as Readonly<Record<string, unknown>>;
        expect(line['requestId']).toEqual(expect.any(String));
        expect(line['problems']).toEqual([expect.any(String)]);
        const { errorId } = body.errors?.[0]?.extensions ?? {};
        expect(line['errorId']).toBe(errorId);
      },
    );
  },
);
