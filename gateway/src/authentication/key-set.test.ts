import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportSPKI, generateKeyPair, SignJWT } from 'jose';
import {
  audience,
  closeAll,
  issuer,
  now,
  open,
  openWith,
  outcome,
  refusal,
  sign,
  startKeyServer,
  startServer,
} from './testing/key-server.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trellis-key-set-'));
});

afterEach(async () => {
  await closeAll();
  rmSync(folder, { recursive: true, force: true });
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
    const authentication = openWith(server, { cooldownSeconds: 3 });
    // Made before the cooldown begins: a busy machine takes seconds for them.
    const known = await sign(server.keys[0]!.pair.privateKey);
    const pair = await generateKeyPair('RS256');
    const token = await sign(pair.privateKey, {}, { kid: 'two' });
    await outcome(authentication, known);
    server.keys = [{ kid: 'two', pair }];
    expect(await outcome(authentication, token)).toBe(refusal);
    expect(server.reads).toBe(1);
    while ((await outcome(authentication, token)) === refusal) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(await outcome(authentication, token)).toBe('accepted anna');
    expect(server.reads).toBe(2);
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
    const at = await startServer(server);
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
