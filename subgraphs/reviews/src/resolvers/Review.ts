import { resolveReferenceBy } from '@trellis/kit/reference';
import type { Context } from '../context.ts';
import type { ReviewResolvers } from '../generated/resolver-types.ts';
import type { ReviewRow } from '../reviews-table.ts';

export const Review: ReviewResolvers = {
  __resolveReference: resolveReferenceBy<Context, ReviewRow>({
    fields: ['id'],
    find: ({ id = '' }, { load }) => load.reviewById.load(id),
  }),
  author: ({ authorId, authorUsername }) => ({ id: authorId, username: authorUsername }),
  product: ({ productId }) => ({ id: productId }),
};
