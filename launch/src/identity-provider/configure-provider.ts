import type { Configuration, errors, KoaContextWithOIDC, ResourceServer } from 'oidc-provider';
import { allScopes, graphAudience, graphResource, makeClients } from './clients.ts';
import type { ProviderState } from './provider-state.ts';
import { findShopUser } from './sample-users.ts';

export interface ProviderOptions {
  readonly state: ProviderState;
  readonly gatewayOrigins: readonly string[];
  readonly accessTokenSeconds: number;
  /** The library's, which is loaded when it is needed. */
  readonly InvalidTarget: typeof errors.InvalidTarget;
}

/** The settings of oidc-provider: code with PKCE and client credentials, access tokens as JWT (RFC 9068). */
export function configureProvider(options: ProviderOptions): Configuration {
  const { state, accessTokenSeconds } = options;
  return {
    clients: makeClients(options.gatewayOrigins, state.serviceClientSecret),
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
    jwks: { keys: state.keys },
    cookies: { keys: [state.cookieSecret] },
    scopes: ['openid', 'profile'],
    // The name of the person is for the page that asks, which calls nobody for it.
    conformIdTokenClaims: false,
    claims: { openid: ['sub'], profile: ['name', 'preferred_username'] },
    responseTypes: ['code'],
    pkce: { required: () => true },
    routes: { jwks: '/jwks', authorization: '/authorize', token: '/token', userinfo: '/userinfo' },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      dPoP: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      resourceIndicators: {
        enabled: true,
        // Whoever names no resource means the graph: there is no other.
        defaultResource: () => graphResource,
        useGrantedResource: () => true,
        getResourceServerInfo: (_context, resource) => {
          if (resource !== graphResource) throw new options.InvalidTarget();
          return describeGraph(accessTokenSeconds);
        },
      },
    },
    ttl: {
      AccessToken: accessTokenSeconds,
      ClientCredentials: accessTokenSeconds,
      AuthorizationCode: 60,
      Grant: 86_400,
      IdToken: 3_600,
      Interaction: 600,
      Session: 86_400,
    },
    interactions: { url: (_context, { uid }) => `/sign-in/${uid}` },
    findAccount: (_context, id) => findAccount(id),
    extraTokenClaims: (_context, token) => claimsFor('accountId' in token ? token.accountId : ''),
    clientBasedCORS: (_context, origin, client) =>
      (client.redirectUris ?? []).some((uri) => new URL(uri).origin === origin),
    renderError: (context, out) => renderError(context, out),
  };
}

function describeGraph(accessTokenSeconds: number): ResourceServer {
  return {
    scope: allScopes.join(' '),
    audience: graphAudience,
    accessTokenTTL: accessTokenSeconds,
    accessTokenFormat: 'jwt',
    jwt: { sign: { alg: 'ES256' } },
  };
}

function findAccount(id: string) {
  const user = findShopUser(id);
  if (!user) return undefined;
  return {
    accountId: user.id,
    claims: () => ({ sub: user.id, name: user.name, preferred_username: user.username }),
  };
}

/** What the gateway reads beside subject and scopes. A token of a program has no roles. */
function claimsFor(accountId: string): Record<string, unknown> {
  const user = findShopUser(accountId);
  return user ? { roles: [user.role], region: user.region } : {};
}

function renderError(
  context: KoaContextWithOIDC,
  out: { readonly error?: string; readonly error_description?: string | undefined },
): void {
  context.type = 'text/plain; charset=utf-8';
  context.body = `Signing in failed: ${out.error_description ?? out.error ?? 'unknown'}\n`;
}
