import { isAuthenticated, type RuleTree } from '@trellis/kit/authorize';

/** What this service refuses even if the gateway let it through. */
export const rules: RuleTree = {
  Mutation: { '*': isAuthenticated },
};
