import { readPage } from '@trellis/kit/page';
import { resolveReferenceBy } from '@trellis/kit/reference';
import type { Context } from '../context.ts';
import type { UserResolvers } from '../generated/resolver-types.ts';
import type { UserRow } from '../users-table.ts';

export const User: UserResolvers = {
  __resolveReference: resolveReferenceBy<Context, UserRow>(
    { fields: ['id'], find: ({ id = '' }, { load }) => load.userById.load(id) },
    {
      fields: ['username'],
      find: ({ username = '' }, { load }) => load.userByUsername.load(username),
    },
  ),
  fullName: (user) => user.name,
  addresses: (user, args, { load }) => load.addressesOf.load(user.id, readPage(args)),
  defaultAddress: (user, _args, { load }) => load.defaultAddressOf.load(user.id),
};
