import { sql, type Expression, type QueryExecutorProvider, type RawBuilder } from 'kysely';
import type { Cursor } from './cursor.ts';
import { isDataException } from './load-batches.ts';
import type { Page } from './page.ts';
import { badInput } from './user-input-error.ts';

/** An order in which a list can be read from any place on. */
export interface PageOrder {
  /** The sort column, never null, as Kysely names it. */
  readonly column: string;
  readonly direction: 'asc' | 'desc';
  /** A unique column that decides between equal sort values. Default `id`. */
  readonly tieBreaker?: string;
}

export interface PagedRow<Row> {
  readonly row: Row;
  readonly cursor: Cursor;
}

export interface PageQuery<Row> {
  /** All rows of the list, unordered; it must select the columns of the order. */
  readonly from: Expression<Row>;
  readonly order: PageOrder;
  readonly page: Page;
}

interface KeyedRow {
  readonly pageSortValue: string;
  readonly pageTieBreaker: string;
}

/**
 * Reads one page, and one row more if there is one, in one statement. It seeks from the cursor instead of
 * counting rows, so a late page costs what the first one costs.
 * @throws GraphQLError BAD_USER_INPUT when a cursor is not from this list
 */
export async function selectPage<Row extends object>(
  database: QueryExecutorProvider,
  query: PageQuery<Row>,
): Promise<readonly PagedRow<Row>[]> {
  assertCursorsFit(query);
  const statement = sql<Row & KeyedRow>`${pageOf(query)}`;
  const rows = await withCursorErrors(query.page, () => statement.execute(database));
  return inListOrder(rows.rows, query.page).map((row) => toPagedRow(row, query.order));
}

export interface PagesByParentQuery<Row> extends Omit<PageQuery<Row>, 'from'> {
  readonly parents: readonly string[];
  /** The list of one parent, given as an expression to compare a column with. */
  readonly from: (parent: RawBuilder<string>) => Expression<Row>;
}

/**
 * Reads the same page of many parents' lists in one statement: a lateral join, so that each list is cut
 * off by itself.
 * @returns rows by parent; a parent without rows is absent
 */
export async function selectPagesByParent<Row extends object>(
  database: QueryExecutorProvider,
  query: PagesByParentQuery<Row>,
): Promise<ReadonlyMap<string, readonly PagedRow<Row>[]>> {
  const list = { ...query, from: query.from(sql<string>`page_parent.key`) };
  assertCursorsFit(list);
  const statement = sql<Row & KeyedRow & { readonly pageParent: string }>`
    select page_parent.key as "pageParent", page_row.*
    from unnest(${[...query.parents]}::text[]) with ordinality as page_parent(key, place)
    cross join lateral (${pageOf(list)}) as page_row
    order by page_parent.place, page_row."pagePlace"`;
  const { rows } = await withCursorErrors(query.page, () => statement.execute(database));
  const groups = new Map<string, (Row & KeyedRow)[]>();
  for (const { pageParent, ...row } of rows) {
    const group = groups.get(pageParent);
    if (group) group.push(row as unknown as Row & KeyedRow);
    else groups.set(pageParent, [row as unknown as Row & KeyedRow]);
  }
  return new Map(
    [...groups].map(([parent, group]) => [
      parent,
      inListOrder(group, query.page).map((row) => toPagedRow(row, query.order)),
    ]),
  );
}

function pageOf<Row>({ from, order, page }: PageQuery<Row>): RawBuilder<unknown> {
  const isAscending = (order.direction === 'asc') !== page.isBackward;
  const direction = sql.raw(isAscending ? 'asc' : 'desc');
  const column = sql.ref(`page_list.${order.column}`);
  const tieBreaker = sql.ref(`page_list.${order.tieBreaker ?? 'id'}`);
  const bounds = [
    cursorBound(page.after, order.direction === 'asc' ? '>' : '<'),
    cursorBound(page.before, order.direction === 'asc' ? '<' : '>'),
  ].filter((bound) => bound !== undefined);
  const where = bounds.length === 0 ? sql`` : sql`where ${sql.join(bounds, sql` and `)}`;
  return sql`
    select page_list.*, ${column}::text as "pageSortValue", ${tieBreaker}::text as "pageTieBreaker",
      row_number() over (order by ${column} ${direction}, ${tieBreaker} ${direction}) as "pagePlace"
    from ${from} as page_list ${where}
    order by ${column} ${direction}, ${tieBreaker} ${direction}
    limit ${page.size + 1}`;

  function cursorBound(cursor: Cursor | undefined, operator: '<' | '>') {
    if (!cursor) return undefined;
    const place = sql`(${cursor.sortValue}, ${cursor.tieBreaker})`;
    return sql`(${column}, ${tieBreaker}) ${sql.raw(operator)} ${place}`;
  }
}

function inListOrder<Row>(rows: readonly Row[], page: Page): readonly Row[] {
  return page.isBackward ? rows.toReversed() : rows;
}

function toPagedRow<Row extends object>(keyed: Row & KeyedRow, order: PageOrder): PagedRow<Row> {
  const { pageSortValue, pageTieBreaker, pagePlace, ...row } = keyed as Row &
    KeyedRow & { readonly pagePlace: unknown };
  void pagePlace;
  return {
    row: row as unknown as Row,
    cursor: { order: nameOrder(order), sortValue: pageSortValue, tieBreaker: pageTieBreaker },
  };
}

function assertCursorsFit<Row>({ order, page }: PageQuery<Row>): void {
  for (const cursor of [page.after, page.before]) {
    if (cursor && cursor.order !== nameOrder(order)) {
      throw badInput(
        'The cursor was made for another order of this list. Start from its beginning.',
      );
    }
  }
}

function nameOrder(order: PageOrder): string {
  return `${order.column} ${order.direction}`;
}

async function withCursorErrors<Result>(page: Page, read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (error) {
    if (isDataException(error) && (page.after || page.before)) {
      throw badInput(
        'The cursor is not of this list. Take one from `pageInfo` or `edges`, unchanged.',
      );
    }
    throw error;
  }
}
