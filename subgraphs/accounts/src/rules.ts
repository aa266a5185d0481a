import { hasRole, isAuthenticated, type RuleTree } from '@trellis/kit/authorize';

/** What this service refuses even if the gateway let it through. */
export const rules: RuleTree = {
  Query: { users: hasRole('ADMIN', 'SUPPORT') },
  Mutation: { '*': isAuthenticated, changeRole: hasRole('ADMIN') },
};
