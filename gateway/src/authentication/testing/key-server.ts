import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Identity } from '@trellis/platform/identity';
import { createLog } from '@trellis/platform/log';
import { checkConfig } from '@trellis/platform/read-config';
import { exportJWK, generateKeyPair, SignJWT, type JWTPayload } from 'jose';
import { createRequestRecord, type RequestRecord } from '../../channels.ts';
import { createEnforce } from '../../rate-limits/enforce.ts';
import { memoryStore } from '../../rate-limits/memory-limiter.ts';
import type { IncomingHeaders } from '../../incoming-headers.ts';
import { createAuthentication, type Authentication } from '../authenticate.ts';
import { authenticationOptions } from '../options.ts';

export const issuer = 'https://issuer.example';
export const audience = 'trellis';

const log = createLog('test', { LOG_LEVEL: 'silent' });
let servers: Server[] = [];
let opened: Authentication[] = [];

export type Pair = Awaited<ReturnType<typeof generateKeyPair>>;

/** A real HTTP server of JWK sets. */
export interface KeyServer {
  readonly url: string;
  keys: { kid: string; pair: Pair }[];
  mode: 'serve' | 'fail' | 'hang';
  reads: number;
  /** Requests to any other address: what a token's own header points to. */
  canaryHits: number;
}

/** Making one takes a good part of a second, and no test is about that. */
const pairs = new Map<string, Promise<Pair>>();

function pairOf(kid: string): Promise<Pair> {
  let pair = pairs.get(kid);
  if (!pair) pairs.set(kid, (pair = generateKeyPair('RS256')));
  return pair;
}

export async function startServer(server: Server): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export async function startKeyServer(...kids: string[]): Promise<KeyServer> {
  const keys = await Promise.all(kids.map(async (kid) => ({ kid, pair: await pairOf(kid) })));
  const server = createServer((request, response) => {
    if (request.url !== '/jwks') {
      state.canaryHits += 1;
      response.end('{}');
      return;
    }
    state.reads += 1;
    if (state.mode === 'hang') return;
    if (state.mode === 'fail') {
      response.writeHead(500).end();
      return;
    }
    void Promise.all(
      state.keys.map(async ({ kid, pair }) => ({
        ...(await exportJWK(pair.publicKey)),
        kid,
        alg: 'RS256',
        use: 'sig',
      })),
    ).then((list) => response.end(JSON.stringify({ keys: list })));
  });
  const url = await startServer(server);
  const state: KeyServer = { url, keys, mode: 'serve', reads: 0, canaryHits: 0 };
  return state;
}

/** Authentication with a record of its own, into which limits and challenges write. */
export interface Opened {
  readonly authenticate: (
    headers: IncomingHeaders,
    record?: RequestRecord,
  ) => Identity | Promise<Identity>;
}

export function open(settings: object, env: NodeJS.ProcessEnv = {}): Opened {
  const options = checkConfig(authenticationOptions, settings, 'test settings');
  const enforce = createEnforce(true);
  const limiters = memoryStore;
  const authentication = createAuthentication({ options, log, env, limiters, enforce });
  opened.push(authentication);
  return {
    authenticate: (headers, record = createRequestRecord('test')) =>
      authentication.authenticate(headers, record),
  };
}

export function openWith(server: KeyServer, keySets: object = {}): Opened {
  return open({
    issuers: [{ issuer, audience: [audience], keys: { url: `${server.url}/jwks` } }],
    keySets,
  });
}

export const now = (): number => Math.floor(Date.now() / 1000);

export function sign(
  key: Pair['privateKey'],
  claims: JWTPayload = {},
  header: Record<string, unknown> = {},
): Promise<string> {
  return new SignJWT({ iss: issuer, aud: audience, sub: 'anna', exp: now() + 60, ...claims })
    .setProtectedHeader({ alg: 'RS256', kid: 'one', ...header })
    .sign(key);
}

export async function outcome(authentication: Opened, token: string): Promise<string> {
  try {
    const { subject } = await authentication.authenticate({ authorization: `Bearer ${token}` });
    return `accepted ${subject}`;
  } catch (error) {
    const { code, message } = error as { code: string; message: string };
    return `${code}: ${message}`;
  }
}

export const refusal = 'UNAUTHENTICATED: The credentials are not accepted.';

/** Closes everything that was opened and started. */
export async function closeAll(): Promise<void> {
  await Promise.all(opened.map((each) => each.stop()));
  opened = [];
  for (const server of servers) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  servers = [];
}
