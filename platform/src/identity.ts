import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { WireError } from './wire-error.ts';
import type { WireKey } from './wire-keys.ts';

/** Who asks. Anonymous is an identity too: every request has exactly one. */
export interface Identity {
  readonly kind: 'anonymous' | 'user' | 'service';
  /** Stable id of the user or service; null for anonymous. */
  readonly subject: string | null;
  readonly roles: readonly string[];
  /** OAuth scopes (RFC 6749 §3.3), already split at spaces. */
  readonly scopes: readonly string[];
  /** Further verified claims that rules read, such as `region`. */
  readonly attributes: Readonly<Record<string, string>>;
}

export const anonymous: Identity = Object.freeze({
  kind: 'anonymous',
  subject: null,
  roles: Object.freeze([]),
  scopes: Object.freeze([]),
  attributes: Object.freeze({}),
});

const payloadSchema = z.strictObject({
  kind: z.enum(['anonymous', 'user', 'service']),
  sub: z.string().nullable(),
  roles: z.array(z.string()),
  scopes: z.array(z.string()),
  attributes: z.record(z.string(), z.string()),
  /** The one subgraph this header is for: it is worthless anywhere else. */
  aud: z.string(),
  /** Seconds since the epoch. */
  exp: z.number().int(),
});

const lifetimeSeconds = 60;
/** A signature is reused for this long, so that a busy caller costs one HMAC per bucket, not one per fetch. */
const reuseSeconds = 20;
/** Of headers, in characters: some 20,000 of the usual ones. */
const maxCachedLength = 8 * 1024 * 1024;

export type SignIdentity = (identity: Identity, audience: string) => string;
export type VerifyIdentity = (header: string | undefined) => Identity;

/**
 * Returns the function that writes the identity header: `v1.<key id>.<payload>.<mac>`, payload and mac
 * base64url, mac = HMAC-SHA256 over everything before its dot (docs/wire.md).
 * @param key the newest wire key: subgraphs may accept older ones, the gateway signs with this one only
 * @param now clock in milliseconds since the epoch
 */
export function createIdentitySigner(key: WireKey, now: () => number = Date.now): SignIdentity {
  let bucket = 0;
  let cached = new Map<Identity, Map<string, string>>();
  let length = 0;
  return function signIdentity(identity, audience) {
    const current = Math.floor(now() / 1000 / reuseSeconds);
    if (current !== bucket || length >= maxCachedLength) {
      bucket = current;
      cached = new Map();
      length = 0;
    }
    let byAudience = cached.get(identity);
    if (!byAudience) cached.set(identity, (byAudience = new Map()));
    let header = byAudience.get(audience);
    if (header === undefined) {
      header = sign(
        identity,
        audience,
        key,
        bucket * reuseSeconds + reuseSeconds + lifetimeSeconds,
      );
      byAudience.set(audience, header);
      length += header.length;
    }
    return header;
  };
}

function sign(identity: Identity, audience: string, key: WireKey, expires: number): string {
  const payload: z.infer<typeof payloadSchema> = {
    kind: identity.kind,
    sub: identity.subject,
    roles: [...identity.roles],
    scopes: [...identity.scopes],
    attributes: { ...identity.attributes },
    aud: audience,
    exp: expires,
  };
  const signed = `v1.${key.id}.${Buffer.from(JSON.stringify(payload)).toString('base64url')}`;
  return `${signed}.${mac(signed, key).toString('base64url')}`;
}

/**
 * Returns the function that reads the identity header in a subgraph.
 * @param keys every key that is still accepted; more than one while keys rotate
 * @param audience the name of this subgraph in supergraph.yaml
 * @throws WireError when the header is absent, malformed, signed by nobody we know, expired or for another subgraph
 */
export function createIdentityVerifier(
  keys: readonly WireKey[],
  audience: string,
  now: () => number = Date.now,
): VerifyIdentity {
  const byId = new Map(keys.map((key) => [key.id, key]));
  return function verifyIdentity(header) {
    if (header === undefined) throw new WireError('the identity header is missing');
    const [version, keyId, payload, signature, ...rest] = header.split('.');
    if (version !== 'v1' || !keyId || !payload || !signature || rest.length > 0) {
      throw new WireError('the identity header is malformed');
    }
    const key = byId.get(keyId);
    if (!key) throw new WireError('the identity header is signed with an unknown key');
    const expected = mac(`v1.${keyId}.${payload}`, key);
    const given = Buffer.from(signature, 'base64url');
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
      throw new WireError('the identity header has a wrong signature');
    }
    return readPayload(payload, audience, now());
  };
}

function readPayload(payload: string, audience: string, nowMs: number): Identity {
  const claims = payloadSchema.parse(JSON.parse(Buffer.from(payload, 'base64url').toString()));
  if (claims.aud !== audience) throw new WireError('the identity header is for another subgraph');
  if (claims.exp * 1000 < nowMs) throw new WireError('the identity header has expired');
  return Object.freeze({
    kind: claims.kind,
    subject: claims.sub,
    roles: Object.freeze(claims.roles),
    scopes: Object.freeze(claims.scopes),
    attributes: Object.freeze(claims.attributes),
  });
}

function mac(text: string, key: WireKey): Buffer {
  return createHmac('sha256', key.secret).update(text).digest();
}
