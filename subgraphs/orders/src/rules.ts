import { hasRole, isAuthenticated, rule, type RuleTree } from '@trellis/kit/authorize';
import type { RequestScope } from '@trellis/kit/request-scope';
import { canSeeOrder } from './can-see-order.ts';
import type { KnownEntity } from './known-entity.ts';

const canSeeOrdersOf = rule('canSeeOrdersOf', { cache: 'strict' })(
  (user: KnownEntity, _args: unknown, { identity }: RequestScope) =>
    canSeeOrder(identity, { customerId: user.id }),
);

/** What this service refuses even if the gateway let it through. */
export const rules: RuleTree = {
  Query: { orders: hasRole('ADMIN', 'SUPPORT', 'WAREHOUSE') },
  Mutation: { '*': isAuthenticated },
  User: { orders: canSeeOrdersOf, orderCount: canSeeOrdersOf },
};
