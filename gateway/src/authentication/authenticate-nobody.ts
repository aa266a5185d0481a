import { anonymous, type Identity } from '@trellis/platform/identity';
import type { IncomingHeaders } from '../request.ts';

/** Headers → identity. No kind of credential is configured: every caller is anonymous, whatever it claims to be. */
export function authenticateNobody(_headers: IncomingHeaders): Identity {
  return anonymous;
}
