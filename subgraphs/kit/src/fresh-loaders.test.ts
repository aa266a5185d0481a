import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { makeBookshop, type BookshopContext, type BookshopTables } from './bookshop-fixture.ts';
import { startTestSubgraph, testUser, type TestSubgraph } from './testing.ts';

let bookshop: TestSubgraph<BookshopTables>;
beforeAll(async () => {
  bookshop = await startTestSubgraph(
    makeBookshop({
      Mutation: {
        // Reads before and after it writes, and forgets to clear: as one does.
        renameBook: async (
          _parent: unknown,
          { id, title }: { id: string; title: string },
          { load, database }: BookshopContext,
        ) => {
          const before = await load.bookById.load(id);
          await database.updateTable('books').set({ title }).where('id', '=', id).execute();
          return before && { ...before, title: `was ${before.title}` };
        },
      },
    }),
  );
});
afterAll(() => bookshop.stop());

test('each mutation of a request reads what the one before it wrote', async () => {
  const { data, errors } = await bookshop.ask(`mutation {
    first: renameBook(id: "book-01", title: "One") { title }
    second: renameBook(id: "book-01", title: "Two") { title }
    third: renameBook(id: "book-01", title: "Three") { title }
  }`);
  expect(errors).toBeUndefined();
  expect(data).toEqual({
    first: { title: 'was Title 1' },
    second: { title: 'was One' },
    third: { title: 'was Two' },
  });
});

test('callers never see rows that another one loaded', async () => {
  const asked = await Promise.all(
    Array.from({ length: 100 }, (_, index) => {
      const id = `book-${String(index % 10).padStart(2, '0')}`;
      return bookshop.ask({
        query: `{ a: book(id: "${id}") { id } b: book(id: "missing-${index}") { id } }`,
        identity: testUser(`user-${index % 3}`),
      });
    }),
  );
  asked.forEach(({ data }, index) => {
    expect(data).toEqual({ a: { id: `book-${String(index % 10).padStart(2, '0')}` }, b: null });
  });
});
