import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { secret } from './body-modes.ts';
import { checkFailure, heal, productsQuery, readProducts } from './check-row.ts';
import { startFaultGraph, type FaultGraph, type GraphAnswer } from './fault-graph.ts';
import { printFindings, record } from './results.ts';
import { expectWellFormed } from './well-formed.ts';

const malformed = ['SUBGRAPH_MALFORMED_RESPONSE'];

/** Bodies that are no answer at all: the fetch fails, with an error. */
const unusable: readonly (readonly [row: string, mode: string])[] = [
  ['B1', 'malformed-json'],
  ['B2', 'html-200'],
  ['B4', 'empty-body'],
  ['B4', 'null-body'],
  ['B4', 'array-body'],
  ['B4', 'string-body'],
  ['B5', 'body-empty-object'],
  ['B5', 'data-string'],
  ['B6', 'data-null'],
  ['B13', 'errors-string'],
  ['B13', 'errors-object'],
  ['B13', 'errors-null-items'],
];

/** Odd bodies that hold the right answer all the same. */
const usable: readonly (readonly [row: string, mode: string])[] = [
  ['B3', 'wrong-content-type'],
  ['B3', 'no-content-type'],
  ['B8', 'dup-keys'],
  ['B9', 'proto-keys'],
  ['B12', 'deep-json'],
  ['B23', 'extra-fields'],
  ['B24', 'set-cookie'],
  ['–', 'gzip'],
];

/** Bodies far larger than they may be. */
const oversized: readonly (readonly [row: string, mode: string])[] = [
  ['B10', 'huge'],
  ['B10', 'huge-announced'],
  ['B11', 'gzip-bomb'],
];

const wholeQuery = '{ products { id name inStock quantity label sku } }';

afterAll(() => printFindings('bodies'));

describe.each(['trellis', 'apollo'] as const)(
  'faults in what subgraphs answer, engine %s',
  (engine) => {
    let graph: FaultGraph;
    beforeAll(async () => {
      const all = { breaker: { isEnabled: false } };
      graph = await startFaultGraph({ engine, subgraphs: { all } });
      await heal(graph);
    });
    afterAll(() => graph.stop());

    async function askIn(mode: string, query: string): Promise<GraphAnswer> {
      graph.stock.mode = mode;
      const answer = await graph.ask(query);
      expectWellFormed(answer);
      graph.stock.mode = 'ok';
      return answer;
    }

    function products({ body }: GraphAnswer): readonly Record<string, unknown>[] {
      return (body.data?.['products'] ?? []) as Record<string, unknown>[];
    }

    test.each(unusable)('%s %s is a failure with an error', async (row, mode) => {
      await checkFailure(graph, { row, engine, mode, maxMs: 100, codes: malformed });
    });

    test.each(usable)('%s %s does no harm', async (row, mode) => {
      const answer = await askIn(mode, productsQuery);
      expect(answer.body.errors).toBeUndefined();
      expect(readProducts(answer).inStock).toEqual([true, false, true]);
      expect(answer.text).not.toMatch(/leaked|polluted|constructor/);
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
      record({ row, engine, fault: mode, measured: 'right answer, nothing else' });
    });

    test('B7 invalid UTF-8 becomes a replacement character', async () => {
      const answer = await askIn('invalid-utf8', '{ products { label } }');
      expect(products(answer).map(({ label }) => label)).toEqual(
        ['1', '2', '3'].map((id) => `sh\uFFFDlf ${id}`),
      );
      record({ row: 'B7', engine, fault: 'invalid-utf8', measured: 'U+FFFD, output valid UTF-8' });
    });

    test.each(oversized)(
      '%s %s is refused while it streams in, and stalls nobody',
      async (row, mode) => {
        const rssBefore = process.memoryUsage().rss;
        graph.stock.mode = mode;
        // Once for what the fixture needs to make the body.
        await graph.ask(productsQuery);
        let stallMs = Infinity;
        // Fixture and machine add to some of the stalls, a gateway that reads too much to all.
        for (let tries = 0; tries < 10 && stallMs >= 1_000; tries += 1) {
          const delay = monitorEventLoopDelay({ resolution: 10 });
          delay.enable();
          const answer = await graph.ask(productsQuery);
          delay.disable();
          expectWellFormed(answer);
          expect(answer.body.errors?.[0]?.extensions?.['code']).toBe('SUBGRAPH_MALFORMED_RESPONSE');
          expect(answer.body.errors?.[0]?.message).toMatch(/too large/);
          stallMs = Math.min(stallMs, Math.round(delay.max / 1e6));
        }
        const grownMb = Math.round((process.memoryUsage().rss - rssBefore) / 1024 / 1024);
        expect(grownMb).toBeLessThan(200);
        expect(stallMs).toBeLessThan(1_000);
        await heal(graph);
        record({
          row,
          engine,
          fault: mode,
          measured: `refused, stall ${stallMs} ms, RSS + ${Math.max(0, grownMb)} MB`,
        });
      },
    );

    test('B11b unreadable answers of 100 MB do not flood the log, nor memory', async () => {
      const rounds = 20;
      graph.stock.mode = 'malformed-huge';
      // Once for what the fixture and the sockets need.
      await graph.ask(productsQuery);
      const rssBefore = process.memoryUsage().rss;
      const before = graph.logged().length;
      for (let round = 0; round < rounds; round += 1) await graph.ask(productsQuery);
      const grown = graph.logged().length - before;
      const grownMb = Math.round((process.memoryUsage().rss - rssBefore) / 1024 / 1024);
      expect(grown).toBeGreaterThan(0);
      expect(grown).toBeLessThan(1024 * 1024);
      expect(grownMb).toBeLessThan(200);
      await heal(graph);
      record({
        row: 'B11b',
        engine,
        fault: `${rounds} unreadable answers of 100 MB`,
        measured: `log + ${Math.round(grown / 1024)} KB, RSS + ${Math.max(0, grownMb)} MB`,
      });
    });

    test('B12 a custom scalar nested twenty thousand deep is an error of its field', async () => {
      const answer = await askIn('deep-custom', '{ products { id name details } }');
      expect(products(answer).map(({ name, details }) => [name, details])).toEqual(
        [1, 2, 3].map((id) => [`Product ${id}`, null]),
      );
      expect(answer.body.errors?.length).toBeGreaterThan(0);
      for (const { path } of answer.body.errors ?? []) expect(path?.[0]).toBe('products');
      record({ row: 'B12', engine, fault: 'deep-custom', measured: 'null + error' });
    });

    test('B14 extensions of an error that are nested twenty thousand deep are left out', async () => {
      const answer = await askIn('errors-deep-extensions', productsQuery);
      expect(readProducts(answer).inStock).toEqual([null, null, null]);
      expect(answer.body.errors?.length).toBeGreaterThan(0);
      expect(answer.text.length).toBeLessThan(10_000);
      record({ row: 'B14', engine, fault: 'errors-deep-extensions', measured: 'null + error' });
    });

    test('B12 a field nested twenty thousand deep is refused without a stack overflow', async () => {
      const answer = await askIn('deep-field', '{ products { id label } }');
      expect(products(answer).map(({ label }) => label)).toEqual([null, null, null]);
      expect(answer.body.errors?.length).toBeGreaterThan(0);
      record({ row: 'B12', engine, fault: 'deep-field', measured: 'null + error' });
    });

    test('B14 impossible paths and locations are replaced by the place of the fetch', async () => {
      const answer = await askIn('errors-bad-paths', productsQuery);
      expect(answer.body.errors?.length).toBeGreaterThan(0);
      for (const { path } of answer.body.errors ?? []) expect(path?.[0]).toBe('products');
      record({ row: 'B14', engine, fault: 'errors-bad-paths', measured: 'well-formed' });
    });

    test('B15 what a subgraph says in its errors goes to the log only, under the id of the answer', async () => {
      const answer = await askIn('error-leaks', productsQuery);
      const [error] = answer.body.errors ?? [];
      expect(error?.message).toBe('A subgraph reported an error.');
      const errorId = error?.extensions?.['errorId'];
      const line = graph
        .logged()
        .split('\n')
        .find((each) => each.includes(String(errorId)));
      expect(line).toContain(secret);
      record({
        row: 'B15',
        engine,
        fault: 'error-leaks',
        measured: '0 leaks, full text in the log',
      });
    });

    test.each(['entities-short', 'entities-long'])(
      'B16 %s never shifts a value onto another object',
      async (mode) => {
        const answer = await askIn(mode, productsQuery);
        for (const [at, value] of readProducts(answer).inStock.entries()) {
          expect([null, [true, false, true][at]]).toContain(value);
        }
        expect(answer.body.errors?.length).toBeGreaterThan(0);
        record({ row: 'B16', engine, fault: mode, measured: '0 misattributed' });
      },
    );

    test('B17 a null entity nulls only its own fields', async () => {
      const answer = await askIn('entities-null', productsQuery);
      expect(readProducts(answer).inStock).toEqual([null, false, true]);
      record({ row: 'B17', engine, fault: 'entities-null', measured: 'others untouched' });
    });

    test.each(['entities-not-array', 'entities-scalars'])(
      'B18 %s is null with an error',
      async (mode) => {
        const answer = await askIn(mode, productsQuery);
        expect(readProducts(answer).inStock).toEqual([null, null, null]);
        expect(answer.body.errors?.length).toBeGreaterThan(0);
        record({ row: 'B18', engine, fault: mode, measured: 'null + error' });
      },
    );

    test('B19 an error for one entity has its place, and the others are whole', async () => {
      const answer = await askIn('partial-with-errors', productsQuery);
      expect(readProducts(answer).inStock).toEqual([true, null, true]);
      expect(answer.body.errors?.[0]).toMatchObject({
        message: 'No such product.',
        path: expect.arrayContaining(['products', 1]),
        extensions: { code: 'NOT_FOUND' },
      });
      record({ row: 'B19', engine, fault: 'partial-with-errors', measured: 'path has index 1' });
    });

    test.each(['wrong-scalar', 'wrong-list', 'int-overflow'])(
      'B20 %s never reaches the client',
      async (mode) => {
        const answer = await askIn(mode, '{ products { id inStock quantity label } }');
        for (const { inStock, quantity, label } of products(answer)) {
          expect([null, true, false]).toContain(inStock);
          expect([null, 1, 2, 3]).toContain(quantity);
          expect(label === null || typeof label === 'string').toBe(true);
        }
        expect(answer.body.errors?.length).toBeGreaterThan(0);
        record({ row: 'B20', engine, fault: mode, measured: 'null + error, 0 violations' });
      },
    );

    test('B21 null for a non-null field bubbles to the nearest nullable parent, with an error', async () => {
      const answer = await askIn('null-for-non-null', '{ products { id sku } }');
      expect(answer.body.data).toEqual({ products: [null, null, null] });
      expect(answer.body.errors?.length).toBeGreaterThan(0);
      record({ row: 'B21', engine, fault: 'null-for-non-null', measured: 'bubbles, with errors' });
    });

    test('B22 an unknown type name never stands in the data', async () => {
      const query = '{ things { __typename ... on Box { volume } ... on Crate { volume } } }';
      const answer = await askIn('typename-lie', query);
      expect(answer.text).not.toContain('Bomb');
      record({ row: 'B22', engine, fault: 'typename-lie', measured: 'not in the data' });
    });

    test('everything is whole after all of it', async () => {
      await heal(graph);
      const answer = await graph.ask(wholeQuery);
      expect(products(answer)[0]).toEqual({
        id: '1',
        name: 'Product 1',
        inStock: true,
        quantity: 1,
        label: 'shelf 1',
        sku: 'sku-1',
      });
    });
  },
);
