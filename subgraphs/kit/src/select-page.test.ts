import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CamelCasePlugin, type Kysely } from 'kysely';
import {
  bookCount,
  byPurchase,
  makeBookshop,
  selectBooks,
  type BookshopTables,
} from './bookshop-fixture.ts';
import { makeConnection } from './connection.ts';
import { readPage, type PageArguments } from './page.ts';
import { selectPagesByParent, type PageOrder } from './select-page.ts';
import { startTestSubgraph, type TestSubgraph } from './testing.ts';

let bookshop: TestSubgraph<BookshopTables>;
let database: Kysely<BookshopTables>;
beforeAll(async () => {
  bookshop = await startTestSubgraph(makeBookshop());
  database = bookshop.database.db.withPlugin(new CamelCasePlugin());
});
afterAll(() => bookshop.stop());

async function readBooks(pageArguments: PageArguments, order: PageOrder = byPurchase) {
  const page = readPage(pageArguments);
  const rows = await selectBooks(database, page, order);
  return makeConnection(page, rows, () => Promise.resolve(bookCount));
}

const orders: PageOrder[] = [
  byPurchase,
  { column: 'boughtAt', direction: 'desc' },
  { column: 'title', direction: 'asc' },
  { column: 'place', direction: 'desc' },
];

describe('a list of 60 books', () => {
  test('is the same read whole, forward in pages and backward in pages, in any order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 61 }),
        fc.constantFrom(...orders),
        async (size, order) => {
          const whole = (await readBooks({ first: 100 }, order)).nodes.map(({ id }) => id);
          expect(new Set(whole).size).toBe(bookCount);

          const forward: string[] = [];
          for (let after: string | null = null, more = true; more;) {
            const { nodes, pageInfo } = await readBooks({ first: size, after }, order);
            forward.push(...nodes.map(({ id }) => id));
            ({ endCursor: after, hasNextPage: more } = pageInfo);
          }
          expect(forward).toEqual(whole);

          const backward: string[] = [];
          for (let before: string | null = null, more = true; more;) {
            const { nodes, pageInfo } = await readBooks({ last: size, before }, order);
            backward.unshift(...nodes.map(({ id }) => id));
            ({ startCursor: before, hasPreviousPage: more } = pageInfo);
          }
          expect(backward).toEqual(whole);
        },
      ),
      { numRuns: 12 },
    );
  }, 60_000);

  test('ends with an empty page after its last row, and none when nothing is asked', async () => {
    const last = await readBooks({ last: 1 });
    const after = last.pageInfo.endCursor;
    const beyond = await readBooks({ first: 5, after });
    expect(beyond.nodes).toEqual([]);
    expect(beyond.pageInfo).toEqual({
      hasNextPage: false,
      hasPreviousPage: true,
      startCursor: null,
      endCursor: null,
    });
    expect(await readBooks({ first: 0 })).toMatchObject({
      nodes: [],
      pageInfo: { hasNextPage: true },
    });
  });

  test('keeps its place while rows before it come and go', async () => {
    const first = await readBooks({ first: 3 });
    const expected = (await readBooks({ first: 100 })).nodes.slice(3, 6).map(({ id }) => id);
    await database
      .deleteFrom('books')
      .where('id', '=', first.nodes[2]?.id ?? '')
      .execute();
    const next = await readBooks({ first: 3, after: first.pageInfo.endCursor });
    expect(next.nodes.map(({ id }) => id)).toEqual(expected);
    await database
      .insertInto('books')
      .values(first.nodes[2] as never)
      .execute();
  });

  test('carries no helper columns in its rows', async () => {
    const [book] = (await readBooks({ first: 1 })).nodes;
    expect(Object.keys(book ?? {}).toSorted()).toEqual([
      'boughtAt',
      'id',
      'place',
      'shelfId',
      'title',
    ]);
  });

  test.each([
    ['of another order', { column: 'title', direction: 'asc' } as const],
    ['of the other direction', { column: 'boughtAt', direction: 'desc' } as const],
  ])('refuses a cursor %s', async (_case, order) => {
    const { pageInfo } = await readBooks({ first: 1 }, order);
    await expect(readBooks({ after: pageInfo.endCursor })).rejects.toThrow('another order');
  });

  test('refuses a cursor whose value the database cannot read, as bad input', async () => {
    const forged = Buffer.from('["boughtAt asc","not a moment","x"]').toString('base64url');
    await expect(readBooks({ after: forged })).rejects.toMatchObject({
      extensions: { code: 'BAD_USER_INPUT' },
    });
  });
});

describe('selectPagesByParent', () => {
  const shelves = ['shelf-3', 'shelf-0', 'nowhere', 'shelf-11'];
  const read = (pageArguments: PageArguments) =>
    selectPagesByParent(database, {
      parents: shelves,
      page: readPage(pageArguments),
      order: byPurchase,
      from: (shelf) => database.selectFrom('books').selectAll().where('shelfId', '=', shelf),
    });

  test('cuts off the list of each parent by itself, with one row more to see whether it goes on', async () => {
    const pages = await read({ first: 2 });
    expect([...pages.keys()]).toEqual(['shelf-3', 'shelf-0', 'shelf-11']);
    expect(pages.get('shelf-0')?.map(({ row }) => row.id)).toEqual([
      'book-00',
      'book-01',
      'book-02',
    ]);
    expect(pages.get('shelf-3')?.map(({ row }) => row.shelfId)).toEqual(Array(3).fill('shelf-3'));
  });

  test('reads from the end backward, in the order of the list', async () => {
    const pages = await read({ last: 2 });
    expect(pages.get('shelf-0')?.map(({ row }) => row.id)).toEqual([
      'book-02',
      'book-03',
      'book-04',
    ]);
  });

  test('answers many shelves over GraphQL with one statement for the books and one for the counts', async () => {
    const statements: string[] = [];
    const forget = bookshop.database.onStatement(({ sql }) => statements.push(sql));
    const { data } = await bookshop.ask(
      '{ shelves { books(first: 2) { totalCount nodes { id } pageInfo { hasNextPage } } } }',
    );
    forget();
    expect(data.shelves).toHaveLength(12);
    expect(data.shelves[1].books).toEqual({
      totalCount: 5,
      nodes: [{ id: 'book-05' }, { id: 'book-06' }],
      pageInfo: { hasNextPage: true },
    });
    expect(statements).toHaveLength(3);
  });
});
