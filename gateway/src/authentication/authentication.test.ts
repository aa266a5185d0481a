import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Identity } from '@trellis/platform/identity';
import { createLog } from '@trellis/platform/log';
import { checkConfig } from '@trellis/platform/read-config';
import { readWireKeys } from '@trellis/platform/wire-keys';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, type JWTPayload } from 'jose';
import { createRequestRecord } from '../channels.ts';
import { createEnforce } from '../rate-limits/enforce.ts';
import { memoryStore } from '../rate-limits/memory-limiter.ts';
import type { IncomingHeaders } from '../request.ts';
import { createAuthentication, type Authentication } from './authenticate.ts';
import { signDevelopmentToken } from './development-tokens.ts';
import { authenticationOptions } from './options.ts';

const issuer = 'https://issuer.example';
const audience = 'trellis';
const log = createLog('test', { LOG_LEVEL: 'silent' });

type Pair = Awaited<ReturnType<typeof generateKeyPair>>;

/** A real HTTP server of JWK sets. */
interface KeyServer {
  readonly url: string;
  keys: { kid: string; pair: Pair }[];
  mode: 'serve' | 'fail' | 'hang';
  reads: number;
  /** Requests to any other address: what a token's own header points to. */
  canaryHits: number;
}

let folder: string;
let servers: Server[] = [];
let opened: Authentication[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trellis-authentication-'));
});

afterEach(async () => {
  await Promise.all(opened.map((each) => each.stop()));
  opened = [];
  for (const server of servers) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  servers = [];
  rmSync(folder, { recursive: true, force: true });
});

/** Making one takes a good part of a second, and no test is about that. */
const pairs = new Map<string, Promise<Pair>>();

function pairOf(kid: string): Promise<Pair> {
  let pair = pairs.get(kid);
  if (!pair) pairs.set(kid, (pair = generateKeyPair('RS256')));
  return pair;
}

async function startKeyServer(...kids: string[]): Promise<KeyServer> {
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
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const state: KeyServer = { url, keys, mode: 'serve', reads: 0, canaryHits: 0 };
  return state;
}

/** Authentication without the record of a request, which only limits write into. */
interface Opened {
  readonly authenticate: (headers: IncomingHeaders) => Identity | Promise<Identity>;
}

function open(settings: object, env: NodeJS.ProcessEnv = {}): Opened {
  const options = checkConfig(authenticationOptions, settings, 'test settings');
  const enforce = createEnforce(true);
  const limiters = memoryStore;
  const authentication = createAuthentication({ options, log, env, limiters, enforce });
  opened.push(authentication);
  return {
    authenticate: (headers) => authentication.authenticate(headers, createRequestRecord('test')),
  };
}

function openWith(server: KeyServer, keySets: object = {}): Opened {
  return open({
    issuers: [{ issuer, audience: [audience], keys: { url: `${server.url}/jwks` } }],
    keySets,
  });
}

const now = (): number => Math.floor(Date.now() / 1000);

function sign(
  key: Pair['privateKey'],
  claims: JWTPayload = {},
  header: Record<string, unknown> = {},
): Promise<string> {
  return new SignJWT({ iss: issuer, aud: audience, sub: 'anna', exp: now() + 60, ...claims })
    .setProtectedHeader({ alg: 'RS256', kid: 'one', ...header })
    .sign(key);
}

/** Assembles a token by hand, signed by whatever is given. */
function forge(header: object, claims: object, signature: (text: string) => string): string {
  const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
  const text = `${encode(header)}.${encode(claims)}`;
  return `${text}.${signature(text)}`;
}

async function outcome(authentication: Opened, token: string): Promise<string> {
  try {
    const { subject } = await authentication.authenticate({ authorization: `Bearer ${token}` });
    return `accepted ${subject}`;
  } catch (error) {
    const { code, message } = error as { code: string; message: string };
    return `${code}: ${message}`;
  }
}

const refusal = 'UNAUTHENTICATED: The credentials are not accepted.';

describe('credentials', () => {
  test('nobody in particular is anonymous', async () => {
    const server = await startKeyServer('one');
    const identity = await openWith(server).authenticate({});
    expect(identity).toMatchObject({ kind: 'anonymous', subject: null, roles: [] });
  });

  test('become an identity by the mapped claims', async () => {
    const server = await startKeyServer('one');
    const authentication = open({
      issuers: [
        {
          issuer,
          audience: [audience],
          keys: { url: `${server.url}/jwks` },
          claims: { roles: ['realm', 'roles'], attributes: { region: 'https://x.example/region' } },
        },
      ],
    });
    const token = await sign(server.keys[0]!.pair.privateKey, {
      realm: { roles: ['SUPPORT'] },
      scope: 'a:read b:write',
      'https://x.example/region': 'EU_NORTH',
    });
    expect(await authentication.authenticate({ authorization: `bearer ${token}` })).toEqual({
      kind: 'user',
      subject: 'anna',
      roles: ['SUPPORT'],
      scopes: ['a:read', 'b:write'],
      attributes: { region: 'EU_NORTH' },
    });
  });

  test('of a client without a person are those of a service', async () => {
    const server = await startKeyServer('one');
    const token = await sign(server.keys[0]!.pair.privateKey, { sub: 'robot', client_id: 'robot' });
    const identity = await openWith(server).authenticate({ authorization: `Bearer ${token}` });
    expect(identity.kind).toBe('service');
  });

  test('of a program are told by the claims that its issuer writes', async () => {
    const server = await startKeyServer('one');
    const keys = { url: `${server.url}/jwks` };
    const authentication = open({
      issuers: [
        { issuer, audience: [audience], keys, services: [{ claim: 'idtyp', equals: 'app' }] },
      ],
    });
    const key = server.keys[0]!.pair.privateKey;
    const kinds = await Promise.all(
      [{ idtyp: 'app' }, { idtyp: 'user' }, {}].map(async (claims) => {
        const token = await sign(key, claims);
        return (await authentication.authenticate({ authorization: `Bearer ${token}` })).kind;
      }),
    );
    expect(kinds).toEqual(['service', 'user', 'user']);
  });

  test.each([
    ['an object', { ADMIN: true }],
    ['a number', 1],
    ['null', null],
  ])('give no roles when the claim is %s', async (_kind, roles) => {
    const server = await startKeyServer('one');
    const token = await sign(server.keys[0]!.pair.privateKey, { roles, scope: roles });
    const identity = await openWith(server).authenticate({ authorization: `Bearer ${token}` });
    expect([identity.roles, identity.scopes]).toEqual([[], []]);
  });

  test('give exactly the scopes that stand there', async () => {
    const server = await startKeyServer('one');
    const token = await sign(server.keys[0]!.pair.privateKey, { scope: 'admin,root admin2 *' });
    const identity = await openWith(server).authenticate({ authorization: `Bearer ${token}` });
    expect(identity.scopes).toEqual(['admin,root', 'admin2', '*']);
  });

  test.each([
    ['another scheme', { authorization: 'Basic YTpi' }],
    ['no token', { authorization: 'Bearer ' }],
    ['two tokens', { authorization: 'Bearer a, Bearer b' }],
    ['text that is no token', { authorization: 'Bearer abc' }],
    ['three dots', { authorization: 'Bearer ...' }],
    ['a token and an API key', { authorization: 'Bearer a.b.c', 'x-api-key': 'k' }],
    ['an API key where there are none', { 'x-api-key': 'k' }],
    ['20 KB', { authorization: `Bearer ${'a'.repeat(20_000)}` }],
  ])('that are %s are refused', async (_kind, headers) => {
    const server = await startKeyServer('one');
    const { authenticate } = openWith(server);
    await expect((async () => authenticate(headers))()).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
      status: 401,
    });
  });
});

describe('forged tokens', () => {
  test('are refused, and addresses in their headers are never asked', async () => {
    const server = await startKeyServer('one');
    const authentication = openWith(server);
    const rogue = await generateKeyPair('RS256', { extractable: true });
    const jwk = await exportJWK(rogue.publicKey);
    const claims = { iss: issuer, aud: audience, sub: 'anna', exp: now() + 60 };
    const pem = await exportSPKI(server.keys[0]!.pair.publicKey);
    const hmac = (text: string): string =>
      createHmac('sha256', pem).update(text).digest('base64url');
    const good = await sign(server.keys[0]!.pair.privateKey);
    const [head = '', body = '', signature = ''] = good.split('.');
    const raised = Buffer.from(JSON.stringify({ ...claims, roles: ['ADMIN'] }));
    const forged = {
      none: forge({ alg: 'none', kid: 'one' }, claims, () => ''),
      None: forge({ alg: 'None', kid: 'one' }, claims, () => ''),
      NONE: forge({ alg: 'NONE' }, claims, () => 'AA'),
      'HS256 with the public key': forge({ alg: 'HS256', kid: 'one' }, claims, hmac),
      'no algorithm': forge({ kid: 'one' }, claims, hmac),
      'a rogue key under a known kid': await sign(rogue.privateKey),
      'its own jwk': await sign(rogue.privateKey, {}, { jwk }),
      jku: await sign(rogue.privateKey, {}, { jku: `${server.url}/canary` }),
      x5u: await sign(rogue.privateKey, {}, { x5u: `${server.url}/canary` }),
      'a path as kid': await sign(rogue.privateKey, {}, { kid: '../../../../dev/null' }),
      'SQL as kid': await sign(rogue.privateKey, {}, { kid: "' or 1=1 --" }),
      '__proto__ as kid': await sign(rogue.privateKey, {}, { kid: '__proto__' }),
      'an object as kid': forge({ alg: 'RS256', kid: { a: 1 } }, claims, hmac),
      'a number as kid': forge({ alg: 'RS256', kid: 1 }, claims, hmac),
      'a long kid': await sign(rogue.privateKey, {}, { kid: 'k'.repeat(300) }),
      'a stripped signature': `${head}.${body}.`,
      'no signature at all': `${head}.${body}`,
      'a changed payload': `${head}.${raised.toString('base64url')}.${signature}`,
    };
    const outcomes = Object.fromEntries(
      await Promise.all(
        Object.entries(forged).map(async ([name, token]) => [
          name,
          await outcome(authentication, token),
        ]),
      ),
    );
    expect(outcomes).toEqual(
      Object.fromEntries(Object.keys(forged).map((name) => [name, refusal])),
    );
    expect(server.canaryHits).toBe(0);
    expect(await outcome(authentication, good)).toBe('accepted anna');
  });

  test('are refused for crit even when the signature is good', async () => {
    const server = await startKeyServer('one');
    const key = server.keys[0]!.pair.privateKey;
    const token = await new SignJWT({ iss: issuer, aud: audience, sub: 'anna', exp: now() + 60 })
      .setProtectedHeader({ alg: 'RS256', kid: 'one', crit: ['urn:x'], 'urn:x': 1 })
      .sign(key, { crit: { 'urn:x': true } });
    expect(await outcome(openWith(server), token)).toBe(refusal);
  });

  test.each<[string, JWTPayload]>([
    ['expired', { exp: now() - 400 }],
    ['not valid yet', { nbf: now() + 400 }],
    ['without exp', { exp: undefined as never }],
    ['with exp as text', { exp: '9999999999' as never }],
    ['for another audience', { aud: 'other' }],
    ['without audience', { aud: undefined as never }],
    ['of another issuer', { iss: 'https://other.example' }],
    ['of nearly the issuer', { iss: `${issuer}/` }],
    ['without issuer', { iss: undefined as never }],
    ['without subject', { sub: undefined as never }],
    ['with an empty subject', { sub: '' }],
  ])('that are %s are refused', async (_kind, claims) => {
    const server = await startKeyServer('one');
    const token = await sign(server.keys[0]!.pair.privateKey, claims);
    expect(await outcome(openWith(server), token)).toBe(refusal);
  });

  test.each<[string, JWTPayload, Record<string, unknown>]>([
    ['ID tokens by their hash', { at_hash: 'x' }, {}],
    ['ID tokens by the claim of Keycloak', { typ: 'ID' }, {}],
    ['refresh tokens of Keycloak', { typ: 'Refresh' }, {}],
    ['logout tokens', {}, { typ: 'logout+jwt' }],
    ['DPoP proofs', {}, { typ: 'dpop+jwt' }],
    ['bound to a key', { cnf: { jkt: 'x' } }, {}],
  ])('that are %s are refused', async (_kind, claims, header) => {
    const server = await startKeyServer('one');
    const token = await sign(server.keys[0]!.pair.privateKey, claims, header);
    expect(await outcome(openWith(server), token)).toBe(refusal);
  });

  test('without the type at+jwt are refused where it is demanded', async () => {
    const server = await startKeyServer('one');
    const keys = { url: `${server.url}/jwks` };
    const key = server.keys[0]!.pair.privateKey;
    const strict = open({
      issuers: [{ issuer, audience: [audience], keys, onlyAccessTokenType: true }],
    });
    for (const typ of [undefined, 'JWT']) {
      expect(await outcome(strict, await sign(key, {}, typ ? { typ } : {}))).toBe(refusal);
    }
    for (const typ of ['at+jwt', 'application/at+JWT']) {
      expect(await outcome(strict, await sign(key, {}, { typ }))).toBe('accepted anna');
    }
  });

  test('a skew of two seconds is tolerated', async () => {
    const server = await startKeyServer('one');
    const key = server.keys[0]!.pair.privateKey;
    const authentication = openWith(server);
    expect(await outcome(authentication, await sign(key, { exp: now() - 2 }))).toBe(
      'accepted anna',
    );
    expect(await outcome(authentication, await sign(key, { nbf: now() + 2 }))).toBe(
      'accepted anna',
    );
  });
});

describe('keys behind a URL', () => {
  test('are read once however many callers wait, and tokens are checked once', async () => {
    const server = await startKeyServer('one');
    const authentication = openWith(server);
    const token = await sign(server.keys[0]!.pair.privateKey);
    const identities = await Promise.all(
      Array.from({ length: 50 }, async () =>
        authentication.authenticate({ authorization: `Bearer ${token}` }),
      ),
    );
    expect(identities.every(({ subject }) => subject === 'anna')).toBe(true);
    expect(server.reads).toBe(1);
    // Cached: the very same object, so that its signature for subgraphs is made once.
    const again = await authentication.authenticate({ authorization: `Bearer ${token}` });
    expect(again).toBe(authentication.authenticate({ authorization: `Bearer ${token}` }));
  });

  test('go on working while the issuer is down', async () => {
    const server = await startKeyServer('one');
    const authentication = openWith(server);
    const key = server.keys[0]!.pair.privateKey;
    await outcome(authentication, await sign(key));
    server.mode = 'fail';
    expect(await outcome(authentication, await sign(key, { sub: 'bert' }))).toBe('accepted bert');
  });

  test('are not asked for by 200 made-up key ids', async () => {
    const server = await startKeyServer('one');
    const authentication = openWith(server);
    const key = server.keys[0]!.pair.privateKey;
    await outcome(authentication, await sign(key));
    const outcomes = await Promise.all(
      Array.from({ length: 200 }, async (_each, at) =>
        outcome(authentication, await sign(key, {}, { kid: `made-up-${at}` })),
      ),
    );
    expect(new Set(outcomes)).toEqual(new Set([refusal]));
    expect(server.reads).toBeLessThanOrEqual(3);
  });

  test('are not asked for again and again while the issuer fails', async () => {
    const server = await startKeyServer('one');
    server.mode = 'fail';
    const authentication = openWith(server);
    const key = server.keys[0]!.pair.privateKey;
    for (let at = 0; at < 20; at += 1) {
      expect(await outcome(authentication, await sign(key, { jti: `${at}` }))).toBe(refusal);
    }
    expect(server.reads).toBe(1);
  });

  test('that hang are given up', async () => {
    const server = await startKeyServer('one');
    server.mode = 'hang';
    const authentication = openWith(server, { timeoutMs: 200 });
    const token = await sign(server.keys[0]!.pair.privateKey);
    expect(await outcome(authentication, token)).toBe(refusal);
  });

  test('are read again for a new key once the cooldown is over', async () => {
    const server = await startKeyServer('one');
    const authentication = openWith(server, { cooldownSeconds: 1 });
    await outcome(authentication, await sign(server.keys[0]!.pair.privateKey));
    const pair = await generateKeyPair('RS256');
    server.keys = [{ kid: 'two', pair }];
    const token = await sign(pair.privateKey, {}, { kid: 'two' });
    expect(await outcome(authentication, token)).toBe(refusal);
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect(await outcome(authentication, token)).toBe('accepted anna');
  });
});

describe('keys found by discovery', () => {
  /** An issuer whose discovery document says what the test wants. */
  async function startIssuer(document: (url: string) => object): Promise<string> {
    const server = createServer((request, response) => {
      if (request.url === '/.well-known/openid-configuration') {
        response.end(JSON.stringify(document(at)));
      } else {
        response.writeHead(404).end();
      }
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return at;
  }

  test.each<[string, string, (url: string, keys: string) => object]>([
    ['are used', 'accepted anna', (at, keys) => ({ issuer: at, jwks_uri: keys })],
    ['are not used for another issuer', refusal, (_at, keys) => ({ issuer, jwks_uri: keys })],
    ['are not used without an address', refusal, (at) => ({ issuer: at })],
    ['are not read from a file', refusal, (at) => ({ issuer: at, jwks_uri: 'file:///etc/passwd' })],
  ])('%s', async (_what, expected, document) => {
    const keyServer = await startKeyServer('one');
    const at = await startIssuer((url) => document(url, `${keyServer.url}/jwks`));
    const authentication = open({ issuers: [{ issuer: at, audience: [audience] }] });
    const token = await sign(keyServer.keys[0]!.pair.privateKey, { iss: at });
    expect(await outcome(authentication, token)).toBe(expected);
  });

  test('need an issuer that is an address', () => {
    expect(() => open({ issuers: [{ issuer: 'me', audience: [audience] }] })).toThrow(
      'keys must be given, because the issuer is no address',
    );
  });
});

describe('local keys', () => {
  test('a PEM file and a shared secret work', async () => {
    const pair = await generateKeyPair('RS256');
    const pemFile = join(folder, 'key.pem');
    writeFileSync(pemFile, await exportSPKI(pair.publicKey));
    const secret = 's'.repeat(40);
    const authentication = open(
      {
        issuers: [
          { issuer, audience: [audience], algorithms: ['RS256'], keys: { pemFile } },
          {
            issuer: 'https://shared.example',
            audience: [audience],
            algorithms: ['HS256'],
            keys: { secretEnv: 'TOKEN_SECRET' },
          },
        ],
      },
      { TOKEN_SECRET: secret },
    );
    expect(await outcome(authentication, await sign(pair.privateKey))).toBe('accepted anna');
    const shared = await new SignJWT({ sub: 'bert', exp: now() + 60, aud: audience })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer('https://shared.example')
      .sign(Buffer.from(secret));
    expect(await outcome(authentication, shared)).toBe('accepted bert');
    // A token of the one issuer under the name of the other.
    const crossed = await new SignJWT({ sub: 'eve', exp: now() + 60, aud: audience, iss: issuer })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(Buffer.from(secret));
    expect(await outcome(authentication, crossed)).toBe(refusal);
  });

  test('HS256 beside public keys stops the start', () => {
    expect(() =>
      open({
        issuers: [
          {
            issuer,
            audience: [audience],
            algorithms: ['HS256'],
            keys: { url: 'http://x.example' },
          },
        ],
      }),
    ).toThrow('HS algorithms need "secretEnv"');
  });
});

describe('development tokens', () => {
  const env = { TRELLIS_WIRE_SECRET: 'a wire secret of thirty-two characters' };

  test('name users outside production', async () => {
    const [key] = readWireKeys(env);
    const token = await signDevelopmentToken(key!, {
      subject: 'anna',
      roles: ['SUPPORT'],
      scopes: ['a', 'b'],
      region: 'APAC',
    });
    const headers = { authorization: `Bearer ${token}` };
    const on = open({ developmentTokens: true }, env);
    expect(await on.authenticate(headers)).toMatchObject({
      subject: 'anna',
      roles: ['SUPPORT'],
      scopes: ['a', 'b'],
      attributes: { region: 'APAC' },
    });
    const other = open({ developmentTokens: true }, { TRELLIS_WIRE_SECRET: 'x'.repeat(40) });
    expect(await outcome(other, token)).toBe(refusal);
    // Switched off, and in production, they are like no credentials at all where no other kind is configured.
    for (const without of [
      open({}, env),
      open({ developmentTokens: true }, { ...env, NODE_ENV: 'production' }),
    ]) {
      expect(await without.authenticate(headers)).toMatchObject({ kind: 'anonymous' });
    }
  });
});
