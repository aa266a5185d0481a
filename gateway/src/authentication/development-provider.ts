import { issuerOptions, type IssuerOptions, type SignInOptions } from './options.ts';

/** Says where the identity provider of development listens; whoever starts both sets it. */
export const providerVariable = 'TRELLIS_IDENTITY_PROVIDER';

/** Scopes of gateway/permissions.ts; the provider gives those that the role of the user has. */
const shopScopes = ['catalog:write', 'payments:reconcile', 'payments:write', 'stock:write'];

/** The OpenID provider that `npm start` starts, as an issuer like any other: keys by discovery, signed access tokens. */
export interface DevelopmentProvider {
  readonly issuer: IssuerOptions;
  readonly signIn: SignInOptions;
}

/** @returns nothing in production, or when none was started */
export function findDevelopmentProvider(env: NodeJS.ProcessEnv): DevelopmentProvider | undefined {
  const issuer = env[providerVariable];
  if (!issuer || env['NODE_ENV'] === 'production') return undefined;
  return {
    issuer: issuerOptions.parse({
      issuer,
      audience: ['trellis'],
      algorithms: ['ES256'],
      onlyAccessTokenType: true,
      claims: { attributes: { region: 'region' } },
    }),
    signIn: {
      issuer,
      clientId: 'trellis-explorer',
      scopes: ['openid', 'profile', ...shopScopes],
      // Another sign-in is for being somebody else.
      parameters: { prompt: 'login' },
      origins: [],
    },
  };
}
