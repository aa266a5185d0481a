import { makeConnection } from '@trellis/kit/connection';
import { readPage } from '@trellis/kit/page';
import type { QueryResolvers } from '../generated/resolver-types.ts';
import { countReviews, selectReviewPage } from '../reviews-table.ts';

const lowestRating = 1;

export const Query: QueryResolvers = {
  review: (_parent, { id }, { load }) => load.reviewById.load(id),

  recentReviews: async (_parent, { minRating, ...args }, { database }) => {
    const page = readPage(args);
    const least = minRating ?? lowestRating;
    const rows = await selectReviewPage(database, page, least);
    return makeConnection(page, rows, () => countReviews(database, least));
  },
};
