import { insertRows } from './database/insert-rows.ts';
import { loadById, loadFigure } from './load-by.ts';
import { loadConnection } from './load-connection.ts';
import { makeConnection } from './connection.ts';
import { readPage, type Page, type PageArguments } from './page.ts';
import { resolveReferenceBy } from './reference.ts';
import type { RequestScope } from './request-scope.ts';
import type { ResolverMap } from './schema-problems.ts';
import { selectPage, selectPagesByParent, type PageOrder } from './select-page.ts';
import { defineSubgraph, type Subgraph } from './subgraph.ts';
import { sql, type Kysely } from 'kysely';

/** A small service for the kit's own tests: 60 books on 12 shelves, five on each, two bought at every moment. */
export interface BookshopTables {
  books: BookRow;
  shelves: { id: string; name: string };
}

export interface BookRow {
  id: string;
  shelfId: string;
  place: number;
  title: string;
  boughtAt: Date;
}

export interface BookshopContext extends RequestScope {
  readonly database: Kysely<BookshopTables>;
  readonly load: ReturnType<typeof createLoaders>;
}

export const bookCount = 60;
export const booksPerShelf = 5;
export const byPurchase: PageOrder = { column: 'boughtAt', direction: 'asc' };

function createLoaders(request: RequestScope, database: Kysely<BookshopTables>) {
  const books = database.selectFrom('books').selectAll();
  return {
    bookById: loadById(request, {
      rows: (ids: readonly string[]) => books.where('id', '=', sql<string>`any(${ids})`).execute(),
      key: (book) => book.id,
    }),
    bookByPlace: loadById(request, {
      rows: (places: readonly { shelfId: string; place: number }[]) =>
        books
          .where((query) =>
            query.eb(
              query.refTuple('shelfId', 'place'),
              'in',
              places.map((each) => query.tuple(each.shelfId, each.place)),
            ),
          )
          .execute(),
      key: ({ shelfId, place }) => ({ shelfId, place }),
    }),
    shelfById: loadById(request, {
      rows: (ids: readonly string[]) =>
        database
          .selectFrom('shelves')
          .selectAll()
          .where('id', '=', sql<string>`any(${ids})`)
          .execute(),
      key: (shelf) => shelf.id,
    }),
    bookCountOf: loadFigure(request, {
      rows: (ids: readonly string[]) => countBooks(database, ids),
      key: (row) => row.parent,
      value: (row) => row.count,
      empty: 0,
    }),
    booksOf: loadConnection<BookRow>(request, {
      pages: (parents, page) =>
        selectPagesByParent(database, {
          parents,
          page,
          order: byPurchase,
          from: (shelf) => books.where('shelfId', '=', shelf),
        }),
      counts: (ids) => countBooks(database, ids),
    }),
  };
}

function countBooks(database: Kysely<BookshopTables>, shelfIds: readonly string[]) {
  return database
    .selectFrom('books')
    .select((query) => ['shelfId as parent', query.fn.countAll<number>().as('count')])
    .where('shelfId', '=', sql<string>`any(${shelfIds})`)
    .groupBy('shelfId')
    .execute();
}

export function selectBooks(database: Kysely<BookshopTables>, page: Page, order = byPurchase) {
  return selectPage(database, { from: database.selectFrom('books').selectAll(), order, page });
}

type Field<Parent, Arguments = object> = (
  parent: Parent,
  fieldArguments: Arguments,
  context: BookshopContext,
) => unknown;

const Query: Record<string, Field<never, never>> = {
  book: ((_parent, { id }, { load }) => load.bookById.load(id)) as Field<unknown, { id: string }>,
  books: (async (_parent, fieldArguments, { database }) => {
    const page = readPage(fieldArguments);
    return makeConnection(page, await selectBooks(database, page), () =>
      Promise.resolve(bookCount),
    );
  }) as Field<unknown, PageArguments>,
  shelves: ((_parent, _arguments, { database }) =>
    database.selectFrom('shelves').selectAll().orderBy('id').execute()) as Field<unknown>,
  works: (async (_parent, _arguments, { database }) => [
    ...(await database.selectFrom('shelves').selectAll().orderBy('id').limit(3).execute()),
    ...(await database.selectFrom('books').selectAll().orderBy('id').limit(3).execute()),
  ]) as Field<unknown>,
};

const Mutation: Record<string, Field<never, never>> = {
  renameBook: (async (_parent, { id, title }, { database, load }) => {
    await load.bookById.load(id);
    await database.updateTable('books').set({ title }).where('id', '=', id).execute();
    return load.bookById.clear(id).load(id);
  }) as Field<unknown, { id: string; title: string }>,
};

export const bookshopResolvers = {
  Query,
  Mutation,
  Book: {
    __resolveReference: resolveReferenceBy<BookshopContext, BookRow>(
      { fields: ['id'], find: ({ id = '' }, { load }) => load.bookById.load(id) },
      {
        fields: ['shelfId', 'place'],
        find: ({ shelfId = '', place }, { load }) =>
          load.bookByPlace.load({ shelfId, place: Number(place) }),
      },
    ),
    shelf: (book: BookRow, _arguments: object, { load }: BookshopContext) =>
      load.shelfById.load(book.shelfId),
    postage: () => 1,
  },
  Shelf: {
    __resolveReference: resolveReferenceBy<BookshopContext, { id: string }>({
      fields: ['id'],
      find: ({ id = '' }, { load }) => load.shelfById.load(id),
    }),
    books: (shelf: { id: string }, fieldArguments: PageArguments, { load }: BookshopContext) =>
      load.booksOf.load(shelf.id, readPage(fieldArguments)),
    bookCount: (shelf: { id: string }, _arguments: object, { load }: BookshopContext) =>
      load.bookCountOf.load(shelf.id),
  },
  Work: {
    __resolveType: (work: object) => ('title' in work ? 'Book' : 'Shelf'),
  },
};

/** The bookshop, with some of its resolvers replaced. */
export function makeBookshop(
  replaced: ResolverMap = {},
): Subgraph<BookshopTables, BookshopContext> {
  const merged = Object.fromEntries(
    Object.entries({ ...bookshopResolvers }).map(([type, fields]) => [
      type,
      { ...fields, ...(replaced[type] as object | undefined) },
    ]),
  );
  return defineSubgraph<BookshopTables, BookshopContext>({
    name: 'bookshop',
    folder: new URL('../fixtures/bookshop/', import.meta.url),
    defaultPort: 4100,
    resolvers: merged,
    createContext: (request, database) => ({
      ...request,
      database,
      load: createLoaders(request, database),
    }),
    seed: async (client) => {
      const books = Array.from({ length: bookCount }, (_, index) => ({
        id: `book-${String(index).padStart(2, '0')}`,
        shelf_id: `shelf-${Math.floor(index / booksPerShelf)}`,
        place: index % booksPerShelf,
        title: `Title ${index}`,
        bought_at: new Date(Date.UTC(2026, 0, 1 + Math.floor(index / 2))),
      }));
      const shelfIds = [...new Set(books.map((book) => book.shelf_id))];
      await insertRows(
        client,
        'shelves',
        shelfIds.map((id) => ({ id, name: `The ${id}` })),
      );
      await insertRows(client, 'books', books);
    },
  });
}
