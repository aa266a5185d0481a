import type { Identity } from '@trellis/platform/identity';

const staffRoles = ['ADMIN', 'SUPPORT', 'WAREHOUSE'];

/** An order is the customer's own business, and that of the people who care for it. */
export function canSeeOrder(identity: Identity, order: { readonly customerId: string }): boolean {
  return (
    identity.subject === order.customerId ||
    identity.roles.some((role) => staffRoles.includes(role)) ||
    identity.scopes.includes('orders:read')
  );
}
