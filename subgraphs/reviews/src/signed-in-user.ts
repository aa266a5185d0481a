import { refuse, succeed, userError, type Outcome } from '@trellis/kit/user-error';
import type { Identity } from '@trellis/platform/identity';

/** The id of the user who asks; services and anonymous callers write no reviews. */
export function signedInUser(identity: Identity): Outcome<string> {
  return identity.kind === 'user' && identity.subject !== null
    ? succeed(identity.subject)
    : refuse(userError('NOT_A_USER', 'Only a signed-in user can do this.'));
}
