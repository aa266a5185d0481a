import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import type { WireKey } from '@trellis/platform/wire-keys';
import { SignJWT } from 'jose';
import type { IssuerOptions } from './options.ts';

/** The issuer of tokens for trying things out: `npm run token`. It is no server, only whoever knows the wire secret. */
export const developmentIssuer: IssuerOptions = {
  issuer: 'trellis:development',
  audience: ['trellis'],
  algorithms: ['HS256'],
  keys: { secretEnv: 'TRELLIS_WIRE_SECRET' },
  onlyAccessTokenType: false,
  clockToleranceSeconds: 5,
  claims: {
    subject: 'sub',
    roles: 'roles',
    scopes: 'scope',
    attributes: { region: 'region' },
  },
  services: [],
};

/** The key of development tokens: made from the wire secret, which it does not tell. */
export function developmentKey({ secret }: WireKey): KeyObject {
  return createSecretKey(
    createHmac('sha256', secret).update('trellis development tokens').digest(),
  );
}

export interface DevelopmentUser {
  readonly subject: string;
  readonly roles: readonly string[];
  readonly scopes?: readonly string[];
  readonly region?: string | undefined;
}

/** Signs a token that a gateway with `authentication.developmentTokens` takes for eight hours. */
export function signDevelopmentToken(key: WireKey, user: DevelopmentUser): Promise<string> {
  const { subject, roles, scopes = [], region } = user;
  return new SignJWT({ roles, scope: scopes.join(' '), ...(region ? { region } : {}) })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(developmentIssuer.issuer)
    .setAudience(developmentIssuer.audience)
    .setSubject(subject)
    .setExpirationTime('8h')
    .sign(developmentKey(key));
}
