import { readPage } from '@trellis/kit/page';
import { resolveReferenceBy } from '@trellis/kit/reference';
import type { Context } from '../context.ts';
import type { UserResolvers } from '../generated/resolver-types.ts';
import type { KnownUser } from '../known-entities.ts';

export const User: UserResolvers = {
  // Accounts know who there is; somebody who never reviewed anything is a user here too.
  __resolveReference: resolveReferenceBy<Context, KnownUser>({
    fields: ['id'],
    find: ({ id = '' }) => ({ id }),
  }),
  reviews: ({ id }, args, { load }) => load.reviewsBy.load(id, readPage(args), 'NEWEST'),
  reviewCount: async ({ id }, _args, { load }) => (await load.figuresBy.load(id)).count,
};
