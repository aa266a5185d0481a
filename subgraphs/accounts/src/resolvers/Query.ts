import { makeConnection } from '@trellis/kit/connection';
import { readPage } from '@trellis/kit/page';
import type { QueryResolvers } from '../generated/resolver-types.ts';
import { countUsers, selectUserPage } from '../users-table.ts';

export const Query: QueryResolvers = {
  me: (_parent, _args, { identity, load }) =>
    identity.kind === 'user' && identity.subject !== null
      ? load.userById.load(identity.subject)
      : null,

  user: (_parent, { id }, { load }) => load.userById.load(id),

  userByUsername: (_parent, { username }, { load }) => load.userByUsername.load(username),

  users: async (_parent, { role, ...args }, { database }) => {
    const page = readPage(args);
    const filter = { role: role ?? undefined };
    const rows = await selectUserPage(database, page, filter);
    return makeConnection(page, rows, () => countUsers(database, filter));
  },
};
