import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { makeWireKey } from '@trellis/platform/wire-keys';
import type { z } from 'zod';
import { signDevelopmentToken } from '../authentication/development-tokens.ts';
import { configSchema } from '../config.ts';
import {
  startTestGateway,
  type TestGateway,
  type TestResponse,
} from '../testing/start-test-gateway.ts';
import { startUsersAndReviews } from '../testing/test-subgraphs.ts';

const secret = 'a wire secret of more than thirty-two characters';
const query = '{ me { name } }';

type Settings = z.input<typeof configSchema>;

let subgraphs: Awaited<ReturnType<typeof startUsersAndReviews>>;
let gateways: TestGateway[] = [];

beforeAll(async () => {
  subgraphs = await startUsersAndReviews();
});
afterEach(async () => {
  await Promise.all(gateways.map((gateway) => gateway.stop()));
  gateways = [];
});
afterAll(() => subgraphs.stop());

async function open(settings: Settings): Promise<TestGateway> {
  const gateway = await startTestGateway(subgraphs.sdl, {
    settings: { ...settings, authentication: { developmentTokens: true } },
    env: { TRELLIS_WIRE_SECRET: secret },
  });
  gateways.push(gateway);
  return gateway;
}

async function as(subject: string): Promise<Record<string, string>> {
  const token = await signDevelopmentToken(makeWireKey(secret), { subject, roles: [] });
  return { authorization: `Bearer ${token}` };
}

/** What a client learns of limits. */
function told({ status, headers, json }: TestResponse): Record<string, unknown> {
  return {
    status,
    code: json?.errors?.[0]?.extensions?.['code'],
    policy: headers.get('ratelimit-policy'),
    // Seconds pass while a test runs.
    left: headers.get('ratelimit')?.replaceAll(/t=\d+/g, 't=…') ?? null,
    hasRetryAfter: /^[1-9]\d*$/.test(headers.get('retry-after') ?? ''),
  };
}

describe.each(['trellis', 'apollo'] as const)('limits of server %s', (server) => {
  test('hold for each user alone, and say what is left', async () => {
    const gateway = await open({ server, rateLimits: { users: { requests: 2 } } });
    const [anna, bert] = [await as('anna'), await as('bert')];
    expect(told(await gateway.ask({ query }, anna))).toEqual({
      status: 200,
      code: undefined,
      policy: '"user-requests";q=2;w=60',
      left: '"user-requests";r=1;t=…',
      hasRetryAfter: false,
    });
    await gateway.ask({ query }, anna);
    expect(told(await gateway.ask({ query }, anna))).toEqual({
      status: 429,
      code: 'RATE_LIMITED',
      policy: '"user-requests";q=2;w=60',
      left: '"user-requests";r=0;t=…',
      hasRetryAfter: true,
    });
    expect((await gateway.ask({ query }, bert)).status).toBe(200);
    expect(told(await gateway.ask({ query }))).toMatchObject({ status: 200, policy: null });
  });

  test('hold for anonymous callers by the address of their socket', async () => {
    const gateway = await open({ server, rateLimits: { anonymous: { requests: 2 } } });
    const statuses: number[] = [];
    for (const address of ['203.0.113.1', '203.0.113.2', '203.0.113.3']) {
      statuses.push((await gateway.ask({ query }, { 'x-forwarded-for': address })).status);
    }
    expect(statuses).toEqual([200, 200, 429]);
    expect((await gateway.ask({ query }, await as('anna'))).status).toBe(200);
  });
});

describe('limits', () => {
  test('hold by the address that a trusted proxy names', async () => {
    const gateway = await open({
      http: { trustedProxies: ['loopback'] },
      rateLimits: { anonymous: { requests: 1 } },
    });
    const ask = async (forwarded: string): Promise<number> =>
      (await gateway.ask({ query }, { 'x-forwarded-for': forwarded })).status;
    expect(await ask('203.0.113.1')).toBe(200);
    expect(await ask('203.0.113.2')).toBe(200);
    // Whatever a client puts before the proxy's word is not looked at.
    expect(await ask('198.51.100.9, 203.0.113.1')).toBe(429);
  });

  test('count requests that cannot be answered, before anything of them is parsed', async () => {
    const gateway = await open({ rateLimits: { anonymous: { requests: 2 } } });
    const statuses: number[] = [];
    for (const broken of ['{', '{ nothing }', '{ me { name } }']) {
      statuses.push((await gateway.ask({ query: broken })).status);
    }
    expect(statuses).toEqual([400, 400, 429]);
  });

  test('spend a budget by the cost of operations, and let cheap ones through what dear ones may not', async () => {
    const gateway = await open({
      operation: { cost: { isEnabled: true } },
      rateLimits: { anonymous: { cost: 5, perSeconds: 60 } },
    });
    const dear = '{ a: me { name } b: me { name } c: me { name } d: me { name } }';
    expect(told(await gateway.ask({ query: dear }))).toMatchObject({ status: 200 });
    const refused = await gateway.ask({ query: dear });
    expect(told(refused)).toMatchObject({ status: 429, code: 'RATE_LIMITED', hasRetryAfter: true });
    expect(refused.json?.errors?.[0]?.message).toMatch(/of which 1 are left and this takes 4/);
    expect(told(await gateway.ask({ query }))).toMatchObject({
      status: 200,
      left: '"anonymous-cost";r=0;t=…',
    });
    expect(told(await gateway.ask({ query }))).toMatchObject({ status: 429 });
  });

  test('tell an operation that is dearer than the whole budget to become smaller', async () => {
    const gateway = await open({
      operation: { cost: { isEnabled: true } },
      rateLimits: { anonymous: { cost: 1 } },
    });
    const { json } = await gateway.ask({ query: '{ a: me { name } b: me { name } }' });
    expect(json?.errors?.[0]?.message).toMatch(/takes 2\. Ask for less at once\.$/);
  });

  test('hold for an operation by name, for all callers together', async () => {
    const gateway = await open({
      rateLimits: { operations: [{ name: 'Report', requests: 1, per: 'everybody' }] },
    });
    const report = 'query Report { me { name } }';
    expect((await gateway.ask({ query: report }, await as('anna'))).status).toBe(200);
    expect((await gateway.ask({ query: report }, await as('bert'))).status).toBe(429);
    expect((await gateway.ask({ query }, await as('bert'))).status).toBe(200);
  });

  test('hold for a root field under whatever names, and count every alias of it', async () => {
    const gateway = await open({
      rateLimits: { operations: [{ field: 'Mutation.rename', requests: 3 }] },
    });
    const rename = (count: number): string =>
      `mutation Any${count} { ...Some ... { a0: rename(id: "3", name: "E") { name } } } fragment Some on Mutation { ${Array.from(
        { length: count },
        (_each, at) => `a${at}: rename(id: "3", name: "E") { name }`,
      ).join(' ')} }`;
    expect(told(await gateway.ask({ query: rename(2) }))).toMatchObject({
      status: 200,
      left: '"operation0";r=1;t=…',
    });
    expect((await gateway.ask({ query: rename(2) })).status).toBe(429);
    expect((await gateway.ask({ query: rename(1) })).status).toBe(200);
    expect((await gateway.ask({ query })).status).toBe(200);
  });

  test('end guessing of credentials, and cost nobody who has none', async () => {
    const gateway = await open({ rateLimits: { refusedCredentials: { requests: 2 } } });
    const guess = { authorization: 'Bearer a.b.c' };
    const statuses: number[] = [];
    for (let at = 0; at < 4; at += 1) statuses.push((await gateway.ask({ query }, guess)).status);
    expect(statuses).toEqual([401, 401, 429, 429]);
    expect(told(await gateway.ask({ query }, await as('anna')))).toMatchObject({
      status: 429,
      hasRetryAfter: true,
    });
    expect((await gateway.ask({ query })).status).toBe(200);
  });

  test('say nothing in headers when told so, but when to come again', async () => {
    const gateway = await open({ rateLimits: { headers: false, anonymous: { requests: 1 } } });
    expect(told(await gateway.ask({ query }))).toMatchObject({ policy: null, left: null });
    expect(told(await gateway.ask({ query }))).toMatchObject({
      status: 429,
      policy: null,
      hasRetryAfter: true,
    });
  });

  test('are forgotten when their window ends', async () => {
    const gateway = await open({ rateLimits: { anonymous: { requests: 1, perSeconds: 1 } } });
    expect((await gateway.ask({ query })).status).toBe(200);
    let status = 429;
    for (let tries = 0; status === 429 && tries < 1_000; tries += 1) {
      ({ status } = await gateway.ask({ query }));
    }
    expect(status).toBe(200);
  });

  test.each([
    [{ anonymous: {} }, 'requests or cost must be given'],
    [{ operations: [{ requests: 1 }] }, 'exactly one of name, hash and field must be given'],
    [{ operations: [{ name: 'A', field: 'Query.a', requests: 1 }] }, 'exactly one of'],
    [{ redis: {} }, 'exactly one of url and urlEnv must be given'],
    [{ redis: { url: 'http://x' } }, 'must begin with redis://'],
    [{ user: { requests: 1 } }, 'Unrecognized key'],
  ])('refuses the settings %j', (rateLimits, expected) => {
    const { error } = configSchema.safeParse({ rateLimits });
    expect(error?.message).toContain(expected);
  });

  test('need an address of Redis where one is announced', async () => {
    await expect(open({ rateLimits: { redis: { urlEnv: 'NOWHERE' } } })).rejects.toThrow(
      'NOWHERE must hold an address such as redis://host:6379',
    );
  });
});
