import type { ClientMetadata } from 'oidc-provider';

/** Public (no secret): GraphiQL and other pages of the gateway. */
export const explorerClientId = 'trellis-explorer';
/** Public: `npm run token -- --sign-in`, which listens on a loopback port of its own (RFC 8252 §7.3). */
export const terminalClientId = 'trellis-terminal';
/** Confidential: a program of its own, with nobody behind it. */
export const serviceClientId = 'trellis-service';

/** Names the graph as what a token is for (RFC 8707). */
export const graphResource = 'urn:trellis:graph';
/** The `aud` of its tokens. */
export const graphAudience = 'trellis';

/** Scopes of `gateway/permissions.ts`, by who may have them. Customers need none: what is theirs follows from who they are. */
export const scopesByRole = {
  CUSTOMER: [],
  SUPPORT: ['payments:write'],
  WAREHOUSE: ['stock:write'],
  ADMIN: ['catalog:write', 'payments:reconcile', 'payments:write', 'stock:write'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export const allScopes: readonly string[] = scopesByRole.ADMIN;

/**
 * @param gatewayOrigins where the gateway is opened in a browser, such as `http://localhost:4000`
 */
export function makeClients(
  gatewayOrigins: readonly string[],
  serviceClientSecret: string,
): ClientMetadata[] {
  const publicClient = {
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code'],
    response_types: ['code' as const],
  } satisfies Partial<ClientMetadata>;
  return [
    {
      ...publicClient,
      client_id: explorerClientId,
      client_name: 'GraphiQL',
      redirect_uris: gatewayOrigins.map((origin) => `${origin}/graphiql`),
    },
    {
      ...publicClient,
      client_id: terminalClientId,
      client_name: 'the command line',
      application_type: 'native',
      redirect_uris: ['http://127.0.0.1/signed-in'],
    },
    {
      client_id: serviceClientId,
      client_secret: serviceClientSecret,
      token_endpoint_auth_method: 'client_secret_basic',
      grant_types: ['client_credentials'],
      response_types: [],
      redirect_uris: [],
    },
  ];
}
