import { makePayload } from '@trellis/kit/user-error';
import { addReview } from '../add-review.ts';
import { deleteReview } from '../delete-review.ts';
import { editReview } from '../edit-review.ts';
import type { MutationResolvers } from '../generated/resolver-types.ts';

export const Mutation: MutationResolvers = {
  addReview: async (_parent, { input }, { database, identity }) =>
    makePayload(await addReview(database, identity, input), (review) => ({ review })),

  editReview: async (_parent, { input }, { database, identity }) =>
    makePayload(await editReview(database, identity, input), (review) => ({ review })),

  deleteReview: async (_parent, { input }, { database, identity }) =>
    makePayload(await deleteReview(database, identity, input), ({ id, productId }) => ({
      deletedReviewId: id,
      product: { id: productId },
    })),
};
