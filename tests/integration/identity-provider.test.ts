import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { graphResource, serviceClientId } from '@trellis/launch/identity-clients';
import { startIdentityProvider, type IdentityProvider } from '@trellis/launch/identity-provider';
import { seededPerson } from '@trellis/kit/seeded-people';
import { seededUser } from '@trellis/kit/seeded-shop';
import { createLog } from '@trellis/platform/log';
import { findFreePort } from '@trellis/platform/free-port';
import { startIdentityGraph, type IdentityGraph } from '../harness/identity-graph.ts';
import { followSignIn, redeem, signIn } from '../harness/sign-in.ts';

const log = createLog('test', { LOG_LEVEL: 'silent' });
const redirectUri = 'http://127.0.0.1:4000/graphiql';

const support = { ...seededUser(1), ...seededPerson(1) };
const warehouse = { ...seededUser(3), ...seededPerson(3) };
const customer = { ...seededUser(109), ...seededPerson(109) };

function startProvider(
  folder: string,
  options: { readonly port?: number; readonly accessTokenSeconds?: number } = {},
): Promise<IdentityProvider> {
  return startIdentityProvider({
    port: 0,
    stateFile: join(folder, 'identity-provider.json'),
    gatewayOrigins: ['http://127.0.0.1:4000', 'http://localhost:4000'],
    log,
    env: {},
    ...options,
  });
}

interface ClientTokenOptions {
  readonly scope?: string;
  readonly resource?: string;
  readonly secret?: string;
}

interface ClientToken {
  readonly status: number;
  readonly access_token: string;
  readonly scope?: string;
  readonly error?: string;
}

/** A token of the service's own. */
async function askClientToken(
  provider: IdentityProvider,
  { scope = 'stock:write', resource, secret }: ClientTokenOptions = {},
): Promise<ClientToken> {
  const credentials = `${serviceClientId}:${secret ?? provider.serviceClientSecret}`;
  const response = await fetch(`${provider.url}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      scope,
      ...(resource === undefined ? {} : { resource }),
    }),
  });
  const body = (await response.json()) as Omit<ClientToken, 'status'>;
  return { status: response.status, ...body };
}

const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });

describe('the identity provider of development', () => {
  let folder: string;
  let provider: IdentityProvider;
  let graph: IdentityGraph;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'trellis-provider-'));
    provider = await startProvider(folder);
    graph = await startIdentityGraph({
      settings: { authentication: { developmentTokens: true } },
      env: { TRELLIS_IDENTITY_PROVIDER: provider.url },
    });
  });

  afterAll(async () => {
    await graph.stop();
    await provider.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test.each([support, warehouse, customer])(
    'signs $username in with PKCE, and the subgraph sees who it is',
    async ({ username, id, role, region }) => {
      const signedIn = await signIn(provider.url, { username, redirectUri });
      const { access_token: token } = await redeem(signedIn);
      expect((await graph.whoAmI(bearer(token))).identity).toEqual({
        kind: 'user',
        subject: id,
        roles: [role],
        scopes: [],
        attributes: { region },
      });
    },
  );

  test('gives scopes as far as the role of the user has them', async () => {
    const scope = 'openid stock:write payments:reconcile';
    const { username } = warehouse;
    const { access_token: token } = await redeem(
      await signIn(provider.url, { username, redirectUri, scope }),
    );
    expect((await graph.whoAmI(bearer(token))).identity?.scopes).toEqual(['stock:write']);
  });

  test('refuses the code to whoever does not have the verifier', async () => {
    const signedIn = await signIn(provider.url, { username: support.username, redirectUri });
    await expect(redeem(signedIn, { verifier: 'v'.repeat(43) })).rejects.toMatchObject({
      error: 'invalid_grant',
    });
  });

  test('takes a code once', async () => {
    const signedIn = await signIn(provider.url, { username: support.username, redirectUri });
    await redeem(signedIn);
    await expect(redeem(signedIn)).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  test('sends codes to no other address', async () => {
    await expect(
      signIn(provider.url, {
        username: support.username,
        redirectUri: 'http://evil.example/graphiql',
      }),
    ).rejects.toThrow('redirect_uri');
  });

  /** Asks for a code, and says where the browser is sent, or what is refused. */
  async function authorize(changed: Readonly<Record<string, string>>): Promise<string> {
    const address = new URL(`${provider.url}/authorize`);
    address.search = new URLSearchParams({
      client_id: 'trellis-explorer',
      response_type: 'code',
      scope: 'openid',
      redirect_uri: redirectUri,
      code_challenge: 'c'.repeat(43),
      code_challenge_method: 'S256',
      ...changed,
    }).toString();
    const response = await fetch(address, { redirect: 'manual' });
    return response.headers.get('location') ?? String(response.status);
  }

  test.each([
    ['plain', { code_challenge_method: 'plain' }],
    ['none', { code_challenge_method: '' }],
    ['unknown', { code_challenge_method: 's256' }],
  ])('takes no weaker challenge: %s', async (_kind, changed) => {
    expect(await authorize(changed)).toContain('error=invalid_request');
  });

  test.each([
    'http://127.0.0.1:4000/graphiql/',
    'http://127.0.0.1:4000/graphiql/../evil',
    'http://127.0.0.1:4000/graphiql?next=http://evil.example',
    'http://127.0.0.1:4000/graphiql#fragment',
    'http://127.0.0.1:4000@evil.example/graphiql',
    'http://127.0.0.1.evil.example:4000/graphiql',
    'https://127.0.0.1:4000/graphiql',
    'http://127.0.0.1:4001/graphiql',
    'HTTP://127.0.0.1:4000/GraphiQL',
    'javascript:alert(1)',
  ])('sends nobody to %s', async (address) => {
    expect(await authorize({ redirect_uri: address })).toBe('400');
  });

  test('sends people to its own page where nothing is wrong', async () => {
    expect(await authorize({})).toContain('/sign-in/');
  });

  test('wants PKCE', async () => {
    const address = new URL(`${provider.url}/authorize`);
    address.search = new URLSearchParams({
      client_id: 'trellis-explorer',
      response_type: 'code',
      scope: 'openid',
      redirect_uri: redirectUri,
    }).toString();
    const response = await fetch(address, { redirect: 'manual' });
    expect(response.headers.get('location')).toContain('error=invalid_request');
  });

  test('gives a program a token of its own', async () => {
    const { access_token: token } = await askClientToken(provider);
    expect((await graph.whoAmI(bearer(token))).identity).toEqual({
      kind: 'service',
      subject: serviceClientId,
      roles: [],
      scopes: ['stock:write'],
      attributes: {},
    });
  });

  test('gives a program nothing for a wrong secret or another resource, and no scope it does not know', async () => {
    const answers = await Promise.all([
      askClientToken(provider, { secret: 'wrong' }),
      askClientToken(provider, { scope: 'everything' }),
      askClientToken(provider, { resource: 'urn:other' }),
      askClientToken(provider, { resource: graphResource }),
    ]);
    expect(answers.map(({ status, error, scope }) => error ?? [status, scope])).toEqual([
      'invalid_client',
      [200, undefined],
      'invalid_target',
      [200, 'stock:write'],
    ]);
  });

  test('makes ID tokens that are no access tokens', async () => {
    const { username } = support;
    const { id_token: idToken = '' } = await redeem(
      await signIn(provider.url, { username, redirectUri }),
    );
    expect(idToken.split('.')).toHaveLength(3);
    const refused = await graph.whoAmI(bearer(idToken));
    expect(refused).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
    expect(refused.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
    // Even where somebody configured the client as the audience, as many do.
    const audience = ['trellis-explorer'];
    const issuer = { issuer: provider.url, audience, algorithms: ['ES256'] };
    const careless = await startIdentityGraph({
      settings: { authentication: { issuers: [{ ...issuer, onlyAccessTokenType: true }] } },
    });
    try {
      expect((await careless.whoAmI(bearer(idToken))).status).toBe(401);
    } finally {
      await careless.stop();
    }
  });

  test('gives the terminal a token of a program, and says what it does not know', async () => {
    const { output, status } = await runToken(
      '--client',
      serviceClientId,
      '--scope',
      'stock:write',
    );
    expect(status).toBe(0);
    expect((await graph.whoAmI(bearer(output.trim()))).identity).toMatchObject({
      kind: 'service',
      scopes: ['stock:write'],
    });
    const unknown = await runToken('--client', 'somebody');
    expect(unknown).toMatchObject({ status: 1, output: '' });
    expect(unknown.said).toContain('not "somebody"');
  });

  test('signs a person at the terminal in through the browser', async () => {
    const browse = (address: string): Promise<string> => followSignIn(address, warehouse.username);
    const { output, status } = await runToken('--sign-in', '--scope', 'stock:write', browse);
    expect(status).toBe(0);
    expect((await graph.whoAmI(bearer(output.trim()))).identity).toMatchObject({
      kind: 'user',
      subject: warehouse.id,
      scopes: ['stock:write'],
    });
  });

  /** Runs `npm run token`. @param parameters the last one may be what opens the address that is shown */
  async function runToken(
    ...parameters: readonly (string | ((address: string) => Promise<string>))[]
  ): Promise<{ readonly status: number | null; readonly output: string; readonly said: string }> {
    const script = join(import.meta.dirname, '../../gateway/scripts/make-development-token.js');
    const words = parameters.filter((each) => typeof each === 'string');
    const browse = parameters.find((each) => typeof each === 'function');
    const child = spawn(process.execPath, [script, ...words], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, TRELLIS_HOME: folder },
    });
    let output = '';
    let said = '';
    let browsing: Promise<string> | undefined;
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const address = /^ {2}(http\S+)$/m.exec(said)?.[1];
      if (address !== undefined && browse) browsing ??= browse(address);
    });
    const [status] = (await once(child, 'close')) as [number | null];
    expect(await browsing).toBe(
      browse ? 'The token is in the terminal. This page can be closed.\n' : undefined,
    );
    return { status, output, said };
  }

  test('answers to its own name only, so that no other site signs anybody in', async () => {
    const { port } = new URL(provider.url);
    const response = await fetch(`http://localhost:${port}/jwks`).catch(() => undefined);
    expect([undefined, 421]).toContain(response?.status);
  });

  test('keeps its keys to the owner of the file', () => {
    expect(statSync(join(folder, 'identity-provider.json')).mode & 0o777).toBe(0o600);
  });

  test('does not start in production', async () => {
    await expect(
      startIdentityProvider({
        port: 0,
        stateFile: join(folder, 'other.json'),
        gatewayOrigins: [],
        log,
        env: { NODE_ENV: 'production' },
      }),
    ).rejects.toThrow('does not start with NODE_ENV=production');
  });

  test('is unknown to a gateway in production', async () => {
    const production = await startIdentityGraph({
      settings: { authentication: { developmentTokens: true } },
      env: { TRELLIS_IDENTITY_PROVIDER: provider.url, NODE_ENV: 'production' },
    });
    try {
      const { access_token: token } = await askClientToken(provider);
      expect((await production.whoAmI(bearer(token))).identity?.kind).toBe('anonymous');
    } finally {
      await production.stop();
    }
  });
});

describe('a gateway that knows nothing but the issuer', () => {
  let folder: string;
  const running: { stop(): Promise<void> }[] = [];

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'trellis-provider-'));
  });

  afterAll(async () => {
    for (const each of running.toReversed()) await each.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function open(
    issuer: string,
    { changed = {}, keySets = {} }: { readonly changed?: object; readonly keySets?: object } = {},
  ): Promise<IdentityGraph> {
    const issuers = [{ issuer, audience: ['trellis'], algorithms: ['ES256'], ...changed }];
    const graph = await startIdentityGraph({ settings: { authentication: { issuers, keySets } } });
    running.push(graph);
    return graph;
  }

  test('finds the keys, takes a new one under load without a failure, and goes on without the provider', async () => {
    const provider = await startProvider(folder);
    const graph = await open(provider.url, { keySets: { cooldownSeconds: 1 } });
    const statuses: number[] = [];
    const ask = async (): Promise<void> => {
      const { access_token: token } = await askClientToken(provider);
      statuses.push((await graph.whoAmI(bearer(token))).status);
    };
    await ask();
    const readAt = performance.now();
    let rotatedAt = 0;
    // Until the new key has served a while; the first read must be older than the cooldown before.
    for (let after = 0; after < 20; after += rotatedAt === 0 ? 0 : 1) {
      await Promise.all([ask(), ask(), ask()]);
      if (rotatedAt === 0 && performance.now() - readAt > 1_100) {
        await provider.rotateKeys();
        rotatedAt = performance.now();
      }
    }
    expect(statuses.length).toBeGreaterThan(60);
    expect(new Set(statuses)).toEqual(new Set([200]));

    const { access_token: token } = await askClientToken(provider);
    await provider.stop();
    expect((await graph.whoAmI(bearer(token))).status).toBe(200);
  });

  test('takes tokens from before a restart of the provider', async () => {
    const port = await findFreePort();
    const before = await startProvider(folder, { port });
    const { access_token: token } = await askClientToken(before);
    await before.stop();
    const after = await startProvider(folder, { port });
    running.push(after);
    expect(after.serviceClientSecret).toBe(before.serviceClientSecret);
    const graph = await open(after.url);
    expect((await graph.whoAmI(bearer(token))).status).toBe(200);
  });

  test('refuses tokens for another audience, and of a provider it does not know', async () => {
    const provider = await startProvider(folder);
    running.push(provider);
    const { access_token: token } = await askClientToken(provider);
    const elsewhere = await open(provider.url, { changed: { audience: ['another'] } });
    const stranger = await open('https://login.example.com');
    for (const graph of [elsewhere, stranger]) {
      expect(await graph.whoAmI(bearer(token))).toMatchObject({
        status: 401,
        code: 'UNAUTHENTICATED',
      });
    }
  });

  test('takes a token until it expires, and not longer', async () => {
    const provider = await startProvider(folder, { accessTokenSeconds: 5 });
    running.push(provider);
    const graph = await open(provider.url, { changed: { clockToleranceSeconds: 0 } });
    // The first one waits for the keys, and its time may be over by then.
    await graph.whoAmI(bearer((await askClientToken(provider)).access_token));
    const { access_token: token } = await askClientToken(provider);
    const startedAt = Date.now();
    const statuses: number[] = [];
    do {
      statuses.push((await graph.whoAmI(bearer(token))).status);
    } while (statuses.at(-1) === 200 && Date.now() - startedAt < 40_000);
    expect(statuses[0]).toBe(200);
    expect(statuses.at(-1)).toBe(401);
  });
});
