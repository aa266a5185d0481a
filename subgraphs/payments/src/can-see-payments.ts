import type { Identity } from '@trellis/platform/identity';

const staffRoles = ['ADMIN', 'SUPPORT'];

/** A payment is the payer's own business, and that of the people who care for it. */
export function canSeePayments(identity: Identity, payerId: string): boolean {
  return (
    identity.subject === payerId ||
    identity.roles.some((role) => staffRoles.includes(role)) ||
    identity.scopes.includes('payments:read')
  );
}
