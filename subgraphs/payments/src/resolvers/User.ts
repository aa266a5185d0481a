import { resolveReferenceBy } from '@trellis/kit/reference';
import type { Context } from '../context.ts';
import type { UserResolvers } from '../generated/resolver-types.ts';
import type { KnownEntity } from '../known-entity.ts';

export const User: UserResolvers = {
  // Accounts knows which users there are; one who never paid is one here too.
  __resolveReference: resolveReferenceBy<Context, KnownEntity>({
    fields: ['id'],
    find: ({ id = '' }) => ({ id }),
  }),
  paymentMethods: (user, _args, { load }) => load.methodsOf.load(user.id),
};
