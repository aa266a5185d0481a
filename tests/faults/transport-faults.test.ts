import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  checkFailure,
  expectLostStock,
  expectWithin,
  heal,
  noiseMs,
  productsQuery,
  readProducts,
  waitUntil,
} from './check-row.ts';
import { startFaultGraph, type FaultGraph } from './fault-graph.ts';
import { printFindings, record } from './results.ts';
import { expectWellFormed } from './well-formed.ts';
import { redirectTarget } from './wire-modes.ts';

const defaultLimits = { timeoutMs: 3_000, maxRetryAfterMs: 5_000 };
const shortLimits = { timeoutMs: 1_000, maxRetryAfterMs: 3_000 };
const unavailable = ['SUBGRAPH_UNAVAILABLE'];
const statusError = ['SUBREQUEST_HTTP_ERROR'];

const failures: readonly (readonly [row: string, mode: string, maxMs: number, codes: string[]])[] =
  [
    ['A3', 'reset', 200, unavailable],
    ['A7', 'half-closed', 200, unavailable],
    ['A7', 'cut-chunked', 200, unavailable],
    ['A8', 'not-http', 200, unavailable],
    ['A8', 'tls-alert', 200, unavailable],
    ['A12', 'http500-graphql', 100, statusError],
    ['A12', 'http500-text', 100, statusError],
    ['A12', 'http502-html', 100, statusError],
    ['A12', 'http503', 100, statusError],
    ['A14', 'http401', 100, statusError],
    ['A14', 'http403', 100, statusError],
    ['A14', 'http404', 100, statusError],
    ['A14', 'http204', 100, ['SUBGRAPH_MALFORMED_RESPONSE']],
  ];

afterAll(() => printFindings('transport'));

describe.each(['trellis', 'apollo'] as const)(
  'faults between gateway and subgraph, engine %s',
  (engine) => {
    let graph: FaultGraph;
    // The transport does not know which engine asks: once with the limits that are the default, once with short ones.
    const limits = engine === 'trellis' ? {} : shortLimits;
    const { timeoutMs, maxRetryAfterMs } = { ...defaultLimits, ...limits };
    beforeAll(async () => {
      // Breakers have a file of their own; here each row meets the fault itself.
      const all = { ...limits, breaker: { isEnabled: false } };
      graph = await startFaultGraph({ engine, subgraphs: { all } });
      await heal(graph);
    });
    afterAll(() => graph.stop());

    test.each(failures)(
      '%s %s costs only the fields of that subgraph',
      async (row, mode, maxMs, codes) => {
        await checkFailure(graph, { row, engine, mode, maxMs, codes });
      },
    );

    test('A4 A5 A6 silence of any kind costs the deadline and no more', async () => {
      graph.stock.mode = 'silent';
      const rows = [
        ['A4', 'hang', '{ products { id name inStock } }'],
        ['A5', 'hang-after-headers', '{ products { id name inStock afterHeaders: quantity } }'],
        ['A6', 'drip', '{ products { id name inStock drip: quantity } }'],
      ] as const;
      const best = await Promise.all(
        rows.map(([, , query]) =>
          expectWithin(timeoutMs + 200, async () => {
            const answer = await graph.ask(query);
            expectLostStock(answer, ['SUBGRAPH_TIMEOUT']);
            expect(answer.elapsedMs).toBeGreaterThan(timeoutMs - 100);
            return answer;
          }),
        ),
      );
      // The calls themselves have ended too.
      await waitUntil(() => graph.stock.open.size === 0, 1_000 + noiseMs);
      const healMs = await heal(graph);
      for (const [at, [row, fault]] of rows.entries()) {
        const measured = `${best[at]} ms of ${timeoutMs}, whole again after ${healMs} ms`;
        record({ row, engine, fault, measured });
      }
    });

    test('A13 a subgraph that asks for quiet with 429 and Retry-After gets it, from everyone', async () => {
      const { stock } = graph;
      stock.received.length = 0;
      stock.mode = 'http429';
      const first = await graph.ask(productsQuery);
      expectLostStock(first, statusError);
      // Sixty seconds were asked for. No retry, and nobody else asks either.
      const held = await graph.ask('{ products { id name inStock quantity } }');
      expectLostStock(held, unavailable);
      expect(held.elapsedMs).toBeLessThan(100 + noiseMs);
      expect(stock.received).toHaveLength(1);
      const healMs = await heal(graph);
      expect(healMs).toBeLessThan(maxRetryAfterMs + noiseMs);
      const measured = `asked once, others refused in ${Math.round(held.elapsedMs)} ms, whole again after ${healMs} ms`;
      record({ row: 'A13', engine, fault: 'http429', measured });
    });

    test('A2 a refused connection costs only the fields of that subgraph', async () => {
      await graph.stock.refuse();
      const bestMs = await expectWithin(100, async () => {
        const answer = await graph.ask(productsQuery);
        expectLostStock(answer, unavailable);
        return answer;
      });
      await graph.stock.listen();
      const healMs = await heal(graph);
      const measured = `${bestMs} ms, whole again after ${healMs} ms`;
      record({ row: 'A2', engine, fault: 'refused', measured });
    });

    test('an operation that wants no partial answer fails as a whole, with the same errors', async () => {
      graph.stock.mode = 'http503';
      const extensions = { trellis: { partial: false } };
      const answer = await graph.ask(productsQuery, undefined, extensions);
      expectWellFormed(answer);
      expect(answer.body.data).toBeNull();
      expect(answer.body.errors?.[0]?.extensions?.['code']).toBe('SUBREQUEST_HTTP_ERROR');
      await heal(graph);
      const whole = await graph.ask(productsQuery, undefined, extensions);
      expect(readProducts(whole).inStock).toEqual([true, false, true]);
    });

    test('A3 a reset query is sent again and a reset mutation never', async () => {
      const { stock } = graph;
      stock.received.length = 0;
      stock.mode = 'reset';
      await graph.ask(productsQuery);
      const queries = stock.received.length;
      expect(queries).toBeGreaterThan(1);
      stock.received.length = 0;
      const answer = await graph.ask('mutation { reserve(id: "1") }');
      expectWellFormed(answer);
      expect(answer.body.data).toEqual({ reserve: null });
      expect(stock.received).toHaveLength(1);
      await heal(graph);
      record({
        row: 'A3',
        engine,
        fault: 'reset',
        measured: `query sent ${queries} times, mutation once`,
      });
    });

    test('A11 a subgraph that closes idle sockets costs no client a failure', async () => {
      const { stock } = graph;
      stock.mode = 'keepalive-stale';
      let failed = 0;
      for (let round = 0; round < 80; round += 1) {
        const { body } = await graph.ask(productsQuery);
        if (body.errors) failed += 1;
        // Some rounds hit the moment at which the socket is being closed.
        await new Promise((resolve) => setTimeout(resolve, 30 + (round % 20)));
      }
      expect(failed).toBe(0);
      for (let round = 0; round < 20; round += 1) {
        const { body } = await graph.ask('mutation { reserve(id: "1") }');
        expect(body).toEqual({ data: { reserve: true } });
        await new Promise((resolve) => setTimeout(resolve, 30 + (round % 20)));
      }
      await heal(graph);
      record({
        row: 'A11',
        engine,
        fault: 'keepalive-stale',
        measured: '0 of 80 queries and 0 of 20 mutations failed',
      });
    });

    test('A15 a redirect is never followed', async () => {
      const { stock, catalog } = graph;
      catalog.received.length = 0;
      redirectTarget.url = catalog.url;
      stock.mode = 'redirect';
      const answer = await graph.ask('{ things { __typename } }');
      expectWellFormed(answer);
      expect(answer.body.data).toEqual({ things: null });
      expect(answer.body.errors?.[0]?.extensions?.['code']).toBe('SUBREQUEST_HTTP_ERROR');
      expect(catalog.received).toHaveLength(0);
      await heal(graph);
      record({ row: 'A15', engine, fault: 'redirect', measured: '0 requests to the target' });
    });

    test('A16 a hundred hanging requests are all answered in time and slow nobody else', async () => {
      const { stock } = graph;
      stock.mode = 'hang';
      const hanging = Array.from({ length: 100 }, (_each, at) =>
        // Distinct operations, so that nothing is shared between them.
        graph.ask(`query Hanging${at} { products { id name inStock q${at}: quantity } }`),
      );
      const times: number[] = [];
      for (let round = 0; round < 40; round += 1) {
        const answer = await graph.ask('{ products { name } }');
        expect(answer.body.errors).toBeUndefined();
        times.push(answer.elapsedMs);
      }
      const answers = await Promise.all(hanging);
      for (const answer of answers) {
        expectWellFormed(answer);
        expect(answer.body.errors?.[0]?.extensions?.['code']).toBe('SUBGRAPH_TIMEOUT');
      }
      await waitUntil(() => stock.open.size === 0, 2_000 + noiseMs);
      const p95 = times.sort((a, b) => a - b)[Math.floor(times.length * 0.95)] ?? Infinity;
      expect(p95).toBeLessThan(300 + noiseMs);
      // Whatever the machine does meanwhile: half of them kept the figure.
      expect(times[Math.floor(times.length / 2)]).toBeLessThan(300);
      await heal(graph);
      record({
        row: 'A16',
        engine,
        fault: 'hang ×100',
        measured: `100 of 100 answered, others' p95 ${Math.round(p95)} ms`,
      });
    });

    test('A20 a subgraph call ends soon after its only client has hung up', async () => {
      const { stock } = graph;
      stock.mode = 'hang';
      const client = new AbortController();
      const asked = graph.ask('{ things { __typename } }', client.signal);
      await waitUntil(() => stock.open.size === 1, 20_000);
      client.abort();
      await expect(asked).rejects.toThrow();
      const elapsedMs = await waitUntil(() => stock.open.size === 0, 1_000 + noiseMs);
      await heal(graph);
      record({
        row: 'A20',
        engine,
        fault: 'client hangs up',
        measured: `call ended after ${elapsedMs} ms`,
      });
    });

    test('a client whose subgraph call is shared keeps it when the other client hangs up', async () => {
      const { stock } = graph;
      stock.mode = 'slow';
      const leaver = new AbortController();
      const left = graph.ask('{ things { __typename } }', leaver.signal);
      const stayed = graph.ask('{ things { __typename } }');
      await waitUntil(() => stock.open.size > 0, 20_000);
      leaver.abort();
      await expect(left).rejects.toThrow();
      const { body } = await stayed;
      expect(body.errors).toBeUndefined();
      await heal(graph);
    });
  },
);
