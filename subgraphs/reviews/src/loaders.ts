import { loadById, loadFigure } from '@trellis/kit/load-by';
import { loadConnection } from '@trellis/kit/load-connection';
import type { RequestScope } from '@trellis/kit/request-scope';
import type { Kysely } from 'kysely';
import {
  selectReviewFigures,
  selectReviewPages,
  selectReviewsById,
  type ReviewFigures,
  type ReviewOrder,
  type ReviewOwner,
  type ReviewRow,
} from './reviews-table.ts';
import type { Tables } from './tables.ts';

export type Loaders = ReturnType<typeof createLoaders>;

/** Every DataLoader of this service, for one request. */
export function createLoaders(request: RequestScope, database: Kysely<Tables>) {
  const loadFigures = (owner: ReviewOwner) =>
    loadFigure<string, ReviewFigures, { count: number; averageRating: number | null }>(request, {
      rows: (ids) => selectReviewFigures(database, owner, ids),
      key: (figures) => figures.parent,
      value: ({ count, averageRating }) => ({ count, averageRating }),
      empty: { count: 0, averageRating: null },
    });
  const loadReviews = (owner: ReviewOwner) =>
    loadConnection<ReviewRow, ReviewOrder>(request, {
      pages: (ids, page, orderBy) => selectReviewPages(database, owner, { ids, page, orderBy }),
      counts: (ids) => selectReviewFigures(database, owner, ids),
    });
  return {
    reviewById: loadById(request, {
      rows: (ids: readonly string[]) => selectReviewsById(database, ids),
      key: (review) => review.id,
    }),
    reviewsOf: loadReviews('productId'),
    reviewsBy: loadReviews('authorId'),
    figuresOf: loadFigures('productId'),
    figuresBy: loadFigures('authorId'),
  };
}
