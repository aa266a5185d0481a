import { readConstraintViolation } from '@trellis/kit/constraint-violation';
import { refuse, succeed, userError, type Outcome } from '@trellis/kit/user-error';
import type { Identity } from '@trellis/platform/identity';
import type { Kysely } from 'kysely';
import { signedInUser } from '@trellis/kit/signed-in-user';
import type { Tables } from './tables.ts';
import { updateUser, selectUsersById, type UserRow } from './users-table.ts';

export interface ProfileChange {
  readonly name?: string | null | undefined;
  readonly email?: string | null | undefined;
}

const maxNameLength = 100;

/** Changes the caller's own name, e-mail address, or both; what is absent or null stays. */
export async function updateProfile(
  database: Kysely<Tables>,
  identity: Identity,
  input: ProfileChange,
): Promise<Outcome<UserRow>> {
  const caller = signedInUser(identity);
  if (!caller.ok) return caller;
  const name = input.name?.trim();
  if (name === '')
    return refuse(userError('NAME_EMPTY', 'A name needs at least one letter.', 'name'));
  if (name !== undefined && name.length > maxNameLength) {
    return refuse(
      userError('NAME_TOO_LONG', `A name has at most ${maxNameLength} characters.`, 'name'),
    );
  }
  const change = {
    ...(name === undefined ? {} : { name }),
    ...(input.email ? { email: input.email.toLowerCase() } : {}),
  };
  try {
    const user =
      Object.keys(change).length === 0
        ? (await selectUsersById(database, [caller.result]))[0]
        : await updateUser(database, caller.result, change);
    return user ? succeed(user) : refuse(userError('NOT_FOUND', 'You have no account here.'));
  } catch (error) {
    if (readConstraintViolation(error)?.constraint !== 'users_email_key') throw error;
    return refuse(userError('EMAIL_TAKEN', 'Somebody else uses this e-mail address.', 'email'));
  }
}
