import { describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { makeBookshop, type BookRow, type BookshopContext } from './bookshop-fixture.ts';
import { expectConstantStatements } from './statement-slope.ts';

const timeoutMs = 120_000;

describe('expectConstantStatements', () => {
  test(
    'passes a service that loads in batches, and says what it measured',
    async () => {
      const slopes = await expectConstantStatements(makeBookshop());
      expect(slopes.map(({ operation }) => operation)).toEqual([
        'Book by { id }',
        'Book by { shelfId place }',
        'Shelf by { id }',
        'Query.books',
        'Query.shelves',
        'Query.works',
      ]);
      for (const { offenders, statements } of slopes) {
        expect(offenders).toEqual([]);
        // A loader that two places share sends one statement or two, by chance; never ten.
        for (const count of statements.values()) expect(count).toBeLessThan(10);
        expect(Math.min(...statements.values())).toBeGreaterThan(0);
      }
    },
    timeoutMs,
  );

  test(
    'names a field that asks once more for each row',
    async () => {
      const bookshop = makeBookshop({
        Book: {
          shelf: (book: BookRow, _arguments: object, { database }: BookshopContext) =>
            database
              .selectFrom('shelves')
              .selectAll()
              .where('id', '=', book.shelfId)
              .executeTakeFirst(),
        },
      });
      await expect(expectConstantStatements(bookshop, { depth: 1 })).rejects.toThrow(
        /Book\.shelf \(at _entities\.shelf\).*1 for 1, 10 for 10, 50 for 50/,
      );
    },
    timeoutMs,
  );

  test(
    'names a reference resolver that asks once more for each representation',
    async () => {
      const bookshop = makeBookshop({
        Shelf: {
          __resolveReference: ({ id }: { id: string }, { database }: BookshopContext) =>
            database.selectFrom('shelves').selectAll().where('id', '=', id).executeTakeFirst(),
        },
      });
      await expect(expectConstantStatements(bookshop, { depth: 1 })).rejects.toThrow(
        /Shelf\.__resolveReference/,
      );
    },
    timeoutMs,
  );

  test(
    'finds what hides behind a lazy property of a connection',
    async () => {
      const bookshop = makeBookshop({
        Shelf: {
          books: (shelf: { id: string }, _arguments: object, { database, load }: BookshopContext) =>
            load.booksOf
              .load(shelf.id, { size: 2, isBackward: false, after: undefined, before: undefined })
              .then((connection) => ({
                ...connection,
                totalCount: async () => {
                  const counted = await sql<{ count: number }>`
                  select count(*) from books where shelf_id = ${shelf.id}`.execute(database);
                  return counted.rows[0]?.count;
                },
              })),
        },
      });
      await expect(expectConstantStatements(bookshop, { depth: 1 })).rejects.toThrow(
        /BookConnection\.totalCount/,
      );
    },
    timeoutMs,
  );

  test(
    'names a field below a list that no argument cuts off',
    async () => {
      const bookshop = makeBookshop({
        Shelf: {
          bookCount: async (
            shelf: { id: string },
            _arguments: object,
            context: BookshopContext,
          ) => {
            const counted = await sql<{ count: number }>`
            select count(*) from books where shelf_id = ${shelf.id}`.execute(context.database);
            return counted.rows[0]?.count;
          },
        },
      });
      await expect(expectConstantStatements(bookshop, { depth: 1 })).rejects.toThrow(
        /Shelf\.bookCount \(at shelves\.bookCount\)/,
      );
    },
    timeoutMs,
  );

  test(
    'fails on an answer with errors, for it does not show all that it costs',
    async () => {
      const bookshop = makeBookshop({
        Book: {
          shelf: () => {
            throw new Error('out of order');
          },
        },
      });
      await expect(expectConstantStatements(bookshop, { depth: 1 })).rejects.toThrow(
        /out of order \(at /,
      );
      await expect(
        expectConstantStatements(bookshop, {
          depth: 1,
          skip: { 'Book.shelf': 'it is out of order' },
        }),
      ).resolves.toBeDefined();
    },
    timeoutMs,
  );
});
