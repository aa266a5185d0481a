import {
  hasRole,
  hasScopes,
  isAuthenticated,
  or,
  rule,
  type RuleTree,
} from '@trellis/kit/authorize';
import type { RequestScope } from '@trellis/kit/request-scope';
import type { KnownEntity } from './known-entity.ts';
import type { PaymentRow } from './payments-table.ts';

/** Services that reconcile accounts with the provider's. */
const canReconcile = hasScopes('payments:reconcile');

const isOwner = rule('isOwner', { cache: 'strict' })(
  (user: KnownEntity, _args: unknown, { identity }: RequestScope) => identity.subject === user.id,
);

const isPayer = rule('isPayer', { cache: 'strict' })(
  (payment: PaymentRow, _args: unknown, { identity }: RequestScope) =>
    identity.subject === payment.payerId,
);

/** What this service refuses even if the gateway let it through. */
export const rules: RuleTree = {
  Query: { payments: hasRole('ADMIN', 'SUPPORT') },
  Mutation: { '*': hasRole('ADMIN', 'SUPPORT'), authorizePayment: isAuthenticated },
  Payment: { method: or(isPayer, canReconcile) },
  User: { paymentMethods: or(isOwner, canReconcile) },
};
