import { anonymous, type Identity } from '@trellis/platform/identity';
import type { Logger } from '@trellis/platform/log';
import { readWireKeys } from '@trellis/platform/wire-keys';
import type { RequestRecord } from '../channels.ts';
import { GatewayError } from '../errors.ts';
import type { Enforce } from '../rate-limits/enforce.ts';
import type { LimiterStore } from '../rate-limits/limiter.ts';
import type { IncomingHeaders } from '../incoming-headers.ts';
import { createApiKeys } from './api-keys.ts';
import { developmentKey } from './development-tokens.ts';
import { findDevelopmentProvider } from './development-provider.ts';
import { createTokenVerifier, refused } from './jwt.ts';
import type { AuthenticationOptions, SignInOptions } from './options.ts';

/** The step headers → identity. @throws GatewayError UNAUTHENTICATED for credentials that do not hold */
export type Authenticate = (
  headers: IncomingHeaders,
  record: RequestRecord,
) => Identity | Promise<Identity>;

export interface AuthenticationInput {
  readonly options: AuthenticationOptions;
  readonly log: Logger;
  readonly env: NodeJS.ProcessEnv;
  /** Where the requests of API keys are counted. */
  readonly limiters: LimiterStore;
  readonly enforce: Enforce;
}

export interface Authentication {
  readonly authenticate: Authenticate;
  /** How the explorer signs people in. */
  readonly signIn: SignInOptions | undefined;
  stop(): Promise<void>;
}

/** `Authorization: Bearer <token>` (RFC 6750 §2.1): the scheme in any case, one space or more, no list. */
const bearer = /^bearer +([A-Za-z0-9\-._~+/]+=*)$/i;

/**
 * Creates the step headers → identity. No credentials: anonymous. Credentials that are of no use, or of two kinds at
 * once: refused, without a reason. Where nothing is configured nobody can be told apart, and every caller is anonymous.
 * @throws Error with one clear message when keys cannot be read
 */
export function createAuthentication(input: AuthenticationInput): Authentication {
  const { options, log, env } = input;
  const [wireKey] = env['NODE_ENV'] === 'production' ? [] : readWireKeys(env);
  const development = options.developmentTokens && wireKey ? developmentKey(wireKey) : undefined;
  const provider = options.developmentTokens ? findDevelopmentProvider(env) : undefined;
  const issuers = provider ? [...options.issuers, provider.issuer] : options.issuers;
  const signIn = options.signIn ?? provider?.signIn;
  const tokens =
    issuers.length > 0 || development
      ? createTokenVerifier({ options: { ...options, issuers }, log, env, development })
      : undefined;
  const apiKeys = options.apiKeys && createApiKeys(options.apiKeys, input);
  if (!tokens && !apiKeys) {
    return { authenticate: () => anonymous, signIn, stop: () => Promise.resolve() };
  }
  const verify = (
    headers: IncomingHeaders,
    record: RequestRecord,
  ): Identity | Promise<Identity> => {
    const { authorization } = headers;
    const apiKey = headers['x-api-key'];
    if (authorization !== undefined && apiKey !== undefined) throw refused();
    if (apiKey !== undefined) {
      if (!apiKeys) throw refused();
      return apiKeys.verify(apiKey, record);
    }
    const token = bearer.exec(authorization ?? '')?.[1];
    if (token === undefined || !tokens) throw refused();
    return tokens.verify(token);
  };
  return {
    authenticate(headers, record) {
      if (headers['authorization'] === undefined && headers['x-api-key'] === undefined) {
        return anonymous;
      }
      try {
        const verified = verify(headers, record);
        return verified instanceof Promise
          ? verified.catch((error: unknown) => fail(error, record))
          : verified;
      } catch (error) {
        return fail(error, record);
      }
    },
    signIn,
    async stop() {
      tokens?.stop();
      await apiKeys?.stop();
    },
  };
}

/** RFC 9110 §11.6.1 demands a challenge with every 401; RFC 6750 §3.1 has this word for all that can be wrong with a token. */
function fail(error: unknown, record: RequestRecord): never {
  if (error instanceof GatewayError && error.code === 'UNAUTHENTICATED') {
    const challenge = ['www-authenticate', 'Bearer error="invalid_token"'];
    record.responseHeaders = [...(record.responseHeaders ?? []), ...challenge];
  }
  throw error;
}
