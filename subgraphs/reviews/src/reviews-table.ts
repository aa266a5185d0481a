import type { Connection } from '@trellis/kit/connection';
import type { Page } from '@trellis/kit/page';
import {
  selectPage,
  selectPagesByParent,
  type PagedRow,
  type PageOrder,
} from '@trellis/kit/select-page';
import { sql, type Kysely, type Selectable } from 'kysely';
import type { ReviewsTable, Tables } from './tables.ts';

export type ReviewRow = Selectable<ReviewsTable>;
export type ReviewPage = Connection<ReviewRow>;
export type ReviewOrder = 'BEST' | 'NEWEST' | 'WORST';

const orders: Readonly<Record<ReviewOrder, PageOrder>> = {
  BEST: { column: 'rating', direction: 'desc' },
  NEWEST: { column: 'writtenAt', direction: 'desc' },
  WORST: { column: 'rating', direction: 'asc' },
};

export function selectReviewsById(
  database: Kysely<Tables>,
  ids: readonly string[],
): Promise<ReviewRow[]> {
  return database
    .selectFrom('reviews')
    .selectAll()
    .where('id', '=', sql<string>`any(${ids})`)
    .execute();
}

/** One page of all reviews with at least `minRating`, newest first. */
export function selectReviewPage(
  database: Kysely<Tables>,
  page: Page,
  minRating: number,
): Promise<readonly PagedRow<ReviewRow>[]> {
  const from = database.selectFrom('reviews').selectAll().where('rating', '>=', minRating);
  return selectPage(database, { from, order: orders.NEWEST, page });
}

export async function countReviews(database: Kysely<Tables>, minRating: number): Promise<number> {
  const { count } = await database
    .selectFrom('reviews')
    .select((query) => query.fn.countAll<number>().as('count'))
    .where('rating', '>=', minRating)
    .executeTakeFirstOrThrow();
  return count;
}

/** Whose reviews a list holds. */
export type ReviewOwner = 'authorId' | 'productId';

/** The same page of the reviews of many products, or of many authors. */
export function selectReviewPages(
  database: Kysely<Tables>,
  owner: ReviewOwner,
  list: {
    readonly ids: readonly string[];
    readonly page: Page;
    readonly orderBy: ReviewOrder;
  },
): Promise<ReadonlyMap<string, readonly PagedRow<ReviewRow>[]>> {
  return selectPagesByParent(database, {
    parents: list.ids,
    from: (id) => database.selectFrom('reviews').selectAll().where(owner, '=', id),
    order: orders[list.orderBy],
    page: list.page,
  });
}

export interface ReviewFigures {
  readonly parent: string;
  readonly count: number;
  /** Between 1 and 5. */
  readonly averageRating: number;
}

/** How many reviews there are of many products, or by many authors, and how good they are on average. */
export function selectReviewFigures(
  database: Kysely<Tables>,
  owner: ReviewOwner,
  ids: readonly string[],
): Promise<ReviewFigures[]> {
  return database
    .selectFrom('reviews')
    .select((query) => [
      `${owner} as parent` as const,
      query.fn.countAll<number>().as('count'),
      sql<number>`avg(rating)::float8`.as('averageRating'),
    ])
    .where(owner, '=', sql<string>`any(${ids})`)
    .groupBy(owner)
    .execute();
}

/** What a new review says of what. */
export type NewReview = Pick<
  ReviewRow,
  'id' | 'productId' | 'authorId' | 'rating' | 'title' | 'body'
>;

/**
 * Adds a review under the name that its author has here.
 * @returns undefined when nobody of that id is known
 * @throws Error for the constraint `reviews_author_id_product_id_key` or `reviews_product_id_fkey`
 */
export function insertReview(
  database: Kysely<Tables>,
  { authorId, ...review }: NewReview,
): Promise<ReviewRow | undefined> {
  return database
    .insertInto('reviews')
    .columns(['id', 'productId', 'rating', 'title', 'body', 'authorId', 'authorUsername'])
    .expression((query) =>
      query
        .selectFrom('knownUsers')
        .select([
          sql<string>`${review.id}`.as('id'),
          sql<string>`${review.productId}`.as('productId'),
          sql<number>`${review.rating}::integer`.as('rating'),
          sql<string>`${review.title}`.as('title'),
          sql<string>`${review.body}`.as('body'),
          'knownUsers.id as authorId',
          'knownUsers.username as authorUsername',
        ])
        .where('knownUsers.id', '=', authorId),
    )
    .returningAll()
    .executeTakeFirst();
}

/** @returns the changed review; undefined when that author has none of that id */
export function updateReview(
  database: Kysely<Tables>,
  { id, authorId }: Pick<ReviewRow, 'id' | 'authorId'>,
  change: Partial<Pick<ReviewRow, 'rating' | 'title' | 'body'>>,
): Promise<ReviewRow | undefined> {
  return database
    .updateTable('reviews')
    .set({ ...change, editedAt: sql<Date>`now()` })
    .where('id', '=', id)
    .where('authorId', '=', authorId)
    .returningAll()
    .executeTakeFirst();
}

/**
 * @param authorId whose it must be; undefined when it may be anybody's
 * @returns the removed review; undefined when there is none
 */
export function deleteReviewRow(
  database: Kysely<Tables>,
  id: string,
  authorId: string | undefined,
): Promise<ReviewRow | undefined> {
  return database
    .deleteFrom('reviews')
    .where('id', '=', id)
    .$if(authorId !== undefined, (query) => query.where('authorId', '=', authorId as string))
    .returningAll()
    .executeTakeFirst();
}
