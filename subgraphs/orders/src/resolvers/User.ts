import { readPage } from '@trellis/kit/page';
import { resolveReferenceBy } from '@trellis/kit/reference';
import type { Context } from '../context.ts';
import type { UserResolvers } from '../generated/resolver-types.ts';
import type { KnownEntity } from '../known-entity.ts';

export const User: UserResolvers = {
  // Accounts knows which users there are; one who never ordered is one here too.
  __resolveReference: resolveReferenceBy<Context, KnownEntity>({
    fields: ['id'],
    find: ({ id = '' }) => ({ id }),
  }),
  orders: (user, { status, ...args }, { load }) =>
    load.ordersOf.load(user.id, readPage(args), { status: status ?? undefined }),
  orderCount: (user, _args, { load }) => load.orderCountOf.load(user.id),
};
