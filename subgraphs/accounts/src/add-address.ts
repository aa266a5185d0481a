import { readConstraintViolation } from '@trellis/kit/constraint-violation';
import { newId } from '@trellis/kit/seed-id';
import { refuse, succeed, userError, type Outcome, type UserError } from '@trellis/kit/user-error';
import type { Identity } from '@trellis/platform/identity';
import type { Kysely } from 'kysely';
import { insertAddress, unsetDefaultAddress, type AddressRow } from './addresses-table.ts';
import { signedInUser } from '@trellis/kit/signed-in-user';
import type { Tables } from './tables.ts';

export interface NewAddress {
  readonly recipient: string;
  readonly street: string;
  readonly city: string;
  readonly postalCode: string;
  readonly country: string;
  readonly isDefault?: boolean | null | undefined;
}

/** Adds an address to the caller's own; a new default takes the place of the old one. */
export async function addAddress(
  database: Kysely<Tables>,
  identity: Identity,
  input: NewAddress,
): Promise<Outcome<AddressRow>> {
  const caller = signedInUser(identity);
  if (!caller.ok) return caller;
  const userErrors = findEmptyLines(input);
  if (userErrors.length > 0) return refuse(...userErrors);
  const isDefault = input.isDefault ?? false;
  try {
    const address = await database.transaction().execute(async (transaction) => {
      if (isDefault) await unsetDefaultAddress(transaction, caller.result);
      return insertAddress(transaction, {
        id: newId('address'),
        userId: caller.result,
        recipient: input.recipient.trim(),
        street: input.street.trim(),
        city: input.city.trim(),
        postalCode: input.postalCode.trim(),
        country: input.country,
        isDefault,
      });
    });
    return succeed(address);
  } catch (error) {
    if (readConstraintViolation(error)?.constraint !== 'addresses_user_id_fkey') throw error;
    return refuse(userError('NOT_FOUND', 'You have no account here.'));
  }
}

function findEmptyLines(input: NewAddress): UserError[] {
  const lines = ['recipient', 'street', 'city', 'postalCode'] as const;
  return lines
    .filter((line) => input[line].trim() === '')
    .map((line) => userError('EMPTY', 'This line of an address must not be empty.', line));
}
