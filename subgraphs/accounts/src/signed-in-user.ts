import type { Identity } from '@trellis/platform/identity';
import { refuse, succeed, userError, type Outcome } from '@trellis/kit/user-error';

/** The id of the user who asks; services and anonymous callers have no profile to change. */
export function signedInUser(identity: Identity): Outcome<string> {
  return identity.kind === 'user' && identity.subject !== null
    ? succeed(identity.subject)
    : refuse(userError('NOT_A_USER', 'Only a signed-in user can do this.'));
}
