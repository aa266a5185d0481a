import { refuse, succeed, userError, type Outcome } from '@trellis/kit/user-error';
import type { Identity } from '@trellis/platform/identity';
import type { Kysely } from 'kysely';
import type { Role, Tables } from './tables.ts';
import { updateUser, type UserRow } from './users-table.ts';

/** Gives a user another role. Nobody changes the own one: the last administrator must not lock everyone out. */
export async function changeRole(
  database: Kysely<Tables>,
  identity: Identity,
  { userId, role }: { readonly userId: string; readonly role: Role },
): Promise<Outcome<UserRow>> {
  if (identity.subject === userId) {
    return refuse(userError('OWN_ROLE', 'You cannot change your own role.', 'userId'));
  }
  const user = await updateUser(database, userId, { role });
  return user ? succeed(user) : refuse(userError('NOT_FOUND', 'There is no such user.', 'userId'));
}
