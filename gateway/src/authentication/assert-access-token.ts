import type { JWTHeaderParameters, JWTPayload } from 'jose';

/** Media types of the header `typ` (RFC 7515 §4.1.9) that an access token may have. */
const acceptedTypes = new Set(['at+jwt', 'jwt']);

/** Claims that only ID tokens have (OpenID Connect Core 1.0 §3.3.2.11, RFC 9701). */
const idTokenClaims = ['at_hash', 'c_hash', 's_hash'];

/** Keycloak writes the same header into all its tokens, and their kind into this claim. */
const otherKinds = new Set(['ID', 'Refresh', 'Offline', 'Logout']);

/**
 * Sees to it that a verified token was made for calling an API: RFC 8725 §3.11 and §3.12 against taking one kind of
 * token for another.
 * @param isTyped whether only the type of RFC 9068 will do
 * @throws Error that says what the token is instead
 */
export function assertAccessToken(
  { typ }: JWTHeaderParameters,
  payload: JWTPayload,
  isTyped: boolean,
): void {
  const type = typ?.toLowerCase().replace(/^application\//, '');
  if (isTyped && type !== 'at+jwt') throw new Error(`the token has the type ${type ?? 'none'}`);
  if (type !== undefined && !acceptedTypes.has(type)) {
    throw new Error(`the token has the type ${type}`);
  }
  const hash = idTokenClaims.find((name) => name in payload);
  if (hash !== undefined) throw new Error(`the token is an ID token: it has ${hash}`);
  if (otherKinds.has(String(payload['typ']))) {
    throw new Error(`the token is of the kind ${String(payload['typ'])}`);
  }
  // RFC 9449 §7.1, RFC 8705 §3: bound to a key that the bearer would have to prove, and bearers prove nothing.
  if ('cnf' in payload) throw new Error('the token is bound to a key of its client');
}
