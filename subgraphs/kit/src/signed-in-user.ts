import type { Identity } from '@trellis/platform/identity';
import { refuse, succeed, userError, type Outcome } from './user-error.ts';

/** The id of the user who asks; services and anonymous callers have nothing of their own to write to. */
export function signedInUser(identity: Identity): Outcome<string> {
  return identity.kind === 'user' && identity.subject !== null
    ? succeed(identity.subject)
    : refuse(userError('NOT_A_USER', 'Only a signed-in user can do this.'));
}
