import { createHash, type KeyObject } from 'node:crypto';
import type { Identity } from '@trellis/platform/identity';
import { decodeJwt, decodeProtectedHeader, jwtVerify, type JWTPayload } from 'jose';
import { LRUCache } from 'lru-cache';
import { GatewayError } from '../errors.ts';
import { assertAccessToken } from './assert-access-token.ts';
import { developmentIssuer } from './development-tokens.ts';
import { createKeySet, type KeySet, type KeySetInput } from './key-set.ts';
import { mapClaims } from './map-claims.ts';
import type { AuthenticationOptions, IssuerOptions } from './options.ts';

export interface TokenVerifier {
  /** @throws GatewayError UNAUTHENTICATED, which never says why */
  verify(token: string): Identity | Promise<Identity>;
  stop(): void;
}

export type TokenVerifierInput = Omit<KeySetInput, 'issuer' | 'keySets'> & {
  readonly options: AuthenticationOptions;
  /** The key of development tokens, where they are accepted. */
  readonly development?: KeyObject | undefined;
};

interface Issuer {
  readonly options: IssuerOptions;
  readonly keys: KeySet;
}

interface Verified {
  readonly identity: Identity;
  readonly expiresAtMs: number;
}

/** Longer ones are not looked at. */
const maxTokenLength = 16 * 1024;
const maxKeyIdLength = 256;
/** Identities hold what their tokens say: `maxCachedTokens` of the longest would be 160 MB. */
const maxCachedBytes = 32 * 1024 * 1024;
const bytesPerEntry = 500;

/**
 * Creates the verifier of JSON Web Tokens (RFC 7519, as RFC 8725 advises). Whatever a token says of its own keys
 * (`jwk`, `jku`, `x5u`) is ignored; one with `crit` is refused. A verified token is remembered by its hash until it
 * expires, or until its issuer's keys are read again.
 */
export function createTokenVerifier(input: TokenVerifierInput): TokenVerifier {
  const { options, log } = input;
  const issuers = new Map<string, Issuer>();
  for (const issuer of options.issuers) {
    if (issuers.has(issuer.issuer)) {
      throw new Error(`authentication: issuer "${issuer.issuer}" is named twice.`);
    }
    const keys = createKeySet({ ...input, issuer, keySets: options.keySets });
    issuers.set(issuer.issuer, { options: issuer, keys });
  }
  const { development } = input;
  if (development) {
    const find = (): Promise<KeyObject> => Promise.resolve(development);
    const keys = { find, stop: () => undefined };
    issuers.set(developmentIssuer.issuer, { options: developmentIssuer, keys });
  }
  const maxAgeMs = options.keySets.refreshSeconds * 1000;
  const verified = new LRUCache<string, Verified>({
    max: options.maxCachedTokens,
    maxSize: maxCachedBytes,
    ttl: maxAgeMs,
  });

  async function verifyNow(token: string, hash: string): Promise<Identity> {
    try {
      const { payload, issuer } = await check(token, issuers);
      const identity = mapClaims(payload, issuer);
      if (!identity) throw new Error('the token has no subject');
      const expiresAtMs = (payload.exp ?? 0) * 1000 + issuer.clockToleranceSeconds * 1000;
      verified.set(hash, { identity, expiresAtMs }, { size: bytesPerEntry + token.length });
      return identity;
    } catch (error) {
      // The reason is for operators: a caller learns only that the token is of no use.
      log.debug({ reason: error instanceof Error ? error.message : 'unknown' }, 'token refused');
      throw refused();
    }
  }

  return {
    verify(token) {
      if (token.length > maxTokenLength) throw refused();
      const hash = createHash('sha256').update(token).digest('base64');
      const known = verified.get(hash);
      if (known && known.expiresAtMs > Date.now()) return known.identity;
      return verifyNow(token, hash);
    },
    stop() {
      for (const { keys } of issuers.values()) keys.stop();
    },
  };
}

/** The one answer to every credential that is of no use. */
export function refused(): GatewayError {
  return new GatewayError('UNAUTHENTICATED', 'The credentials are not accepted.');
}

async function check(
  token: string,
  issuers: ReadonlyMap<string, Issuer>,
): Promise<{ payload: JWTPayload; issuer: IssuerOptions }> {
  const header = decodeProtectedHeader(token);
  if ('crit' in header) throw new Error('the token demands extensions (crit)');
  const { kid } = header as { readonly kid?: unknown };
  if (kid !== undefined && (typeof kid !== 'string' || kid.length > maxKeyIdLength)) {
    throw new Error('the key id is no short text');
  }
  // Not yet trusted: it only chooses whose keys to check against, and is compared again below.
  const issuer = issuers.get(String(decodeJwt(token).iss));
  if (!issuer) throw new Error('the issuer is unknown');
  const { options, keys } = issuer;
  const { payload, protectedHeader } = await jwtVerify(token, keys.find, {
    issuer: options.issuer,
    audience: options.audience,
    algorithms: options.algorithms,
    clockTolerance: options.clockToleranceSeconds,
    requiredClaims: ['exp', 'iss', 'aud'],
  });
  assertAccessToken(protectedHeader, payload, options.onlyAccessTokenType);
  return { payload, issuer: options };
}
