import { hasRole, isAuthenticated, or, rule, type RuleTree } from '@trellis/kit/authorize';
import type { RequestScope } from '@trellis/kit/request-scope';
import type { UserRow } from './users-table.ts';

const isStaff = hasRole('ADMIN', 'SUPPORT');

const isSelf = rule('isSelf', { cache: 'strict' })(
  (user: UserRow, _arguments: unknown, { identity }: RequestScope) =>
    identity.kind === 'user' && identity.subject === user.id,
);

/** What this service refuses even if the gateway let it through. */
export const rules: RuleTree = {
  Query: { users: isStaff },
  Mutation: { '*': isAuthenticated, changeRole: hasRole('ADMIN') },
  User: {
    email: or(isSelf, isStaff),
    addresses: or(isSelf, isStaff),
    defaultAddress: or(isSelf, isStaff),
  },
};
