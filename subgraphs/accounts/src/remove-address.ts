import { refuse, succeed, userError, type Outcome } from '@trellis/kit/user-error';
import type { Identity } from '@trellis/platform/identity';
import type { Kysely } from 'kysely';
import { deleteAddress, type AddressRow } from './addresses-table.ts';
import { signedInUser } from '@trellis/kit/signed-in-user';
import type { Tables } from './tables.ts';

/** Removes one of the caller's own addresses. Somebody else's is as unknown as one that never was. */
export async function removeAddress(
  database: Kysely<Tables>,
  identity: Identity,
  { addressId }: { readonly addressId: string },
): Promise<Outcome<AddressRow>> {
  const caller = signedInUser(identity);
  if (!caller.ok) return caller;
  const removed = await deleteAddress(database, caller.result, addressId);
  return removed
    ? succeed(removed)
    : refuse(userError('NOT_FOUND', 'You have no such address.', 'addressId'));
}
