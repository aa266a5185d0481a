import { afterEach, describe, expect, test } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { readWireKeys } from '@trellis/platform/wire-keys';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, type JWTPayload } from 'jose';
import { createRequestRecord } from '../channels.ts';
import { signDevelopmentToken } from './development-tokens.ts';
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
} from './testing/key-server.ts';

afterEach(closeAll);

/** Assembles a token by hand, signed by whatever is given. */
function forge(header: object, claims: object, signature: (text: string) => string): string {
  const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
  const text = `${encode(header)}.${encode(claims)}`;
  return `${text}.${signature(text)}`;
}

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
    ['two schemes', { authorization: 'Bearer a.b.c, Basic YTpi' }],
    ['a tab for a space', { authorization: 'Bearer\ta.b.c' }],
    ['a parameter', { authorization: 'Bearer token="a.b.c"' }],
    ['a token without its scheme', { authorization: 'a.b.c' }],
    ['nothing at all', { authorization: '' }],
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

  test('that are refused are answered with a challenge, and others are not', async () => {
    const server = await startKeyServer('one');
    const { authenticate } = openWith(server);
    const told = async (authorization: string): Promise<unknown> => {
      const record = createRequestRecord('test');
      await (async () => authenticate({ authorization }, record))().catch(() => undefined);
      return record.responseHeaders;
    };
    const challenge = ['www-authenticate', 'Bearer error="invalid_token"'];
    expect(await told('Bearer a.b.c')).toEqual(challenge);
    expect(await told('Basic YTpi')).toEqual(challenge);
    const token = await sign(server.keys[0]!.pair.privateKey);
    expect(await told(`Bearer ${token}`)).toBeUndefined();
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
    ['for several other audiences', { aud: ['other', `${audience} `, audience.toUpperCase()] }],
    ['for nobody', { aud: [] }],
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
