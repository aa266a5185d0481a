import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createIdentitySigner, type Identity } from '@trellis/platform/identity';
import { createLog } from '@trellis/platform/log';
import { makeWireKey } from '@trellis/platform/wire-keys';
import { parse } from 'graphql';
import { pino } from 'pino';
import type { RequestScope } from './request-scope.ts';
import { serveSubgraph, type RunningSubgraph, type ServeOptions } from './serve.ts';

const secret = 'a secret of thirty-two characters';
const key = makeWireKey(secret);
const sign = createIdentitySigner(key);
const user: Identity = {
  kind: 'user',
  subject: 'u1',
  roles: ['ADMIN'],
  scopes: [],
  attributes: {},
};

const typeDefs = parse(`
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.14", import: ["@key"])
  enum CacheControlScope { PUBLIC PRIVATE }
  directive @cacheControl(maxAge: Int, scope: CacheControlScope, inheritMaxAge: Boolean) on FIELD_DEFINITION | OBJECT | INTERFACE | UNION
  type Query { news: String @cacheControl(maxAge: 60), stored: String, offer: String @cacheControl(maxAge: 20, scope: PRIVATE), caller: String, slow(ms: Int!): String, broken: String, deadlineMs: Int, requestId: String, traceId: String }
  type Mutation { save: Boolean }
  type Thing @key(fields: "id") @cacheControl(maxAge: 30) { id: ID! }
`);

class StoreAway extends Error {}

let aborted = 0;
const resolvers = {
  Query: {
    caller: (_parent: unknown, _arguments: unknown, { identity }: RequestScope) =>
      `${identity.kind} ${identity.subject ?? ''}`,
    slow: async (_parent: unknown, { ms }: { ms: number }, { signal }: RequestScope) => {
      signal.addEventListener('abort', () => (aborted += 1));
      await delay(ms);
      return 'done';
    },
    news: () => 'open today',
    offer: () => 'one for two',
    stored: () => {
      throw new StoreAway('connect ECONNREFUSED 127.0.0.1:5432');
    },
    broken: () => {
      throw new Error('password of the database is hunter2');
    },
    deadlineMs: (_parent: unknown, _arguments: unknown, { deadline }: RequestScope) =>
      Math.round(deadline.remainingMs()),
    requestId: (_parent: unknown, _arguments: unknown, { id }: RequestScope) => id,
    traceId: (_parent: unknown, _arguments: unknown, { trace }: RequestScope) => trace.traceId,
  },
  Mutation: { save: () => true },
};

const logged: string[] = [];
const log = pino({ level: 'debug' }, { write: (line: string) => void logged.push(line) });

function serve(options: Partial<ServeOptions<RequestScope>> = {}): Promise<RunningSubgraph> {
  return serveSubgraph({
    name: 'things',
    schema: typeDefs,
    resolvers,
    createContext: (scope) => scope,
    port: 0,
    log,
    env: { TRELLIS_WIRE_SECRET: secret },
    ...options,
  });
}

async function post(url: string, query: string, headers: Record<string, string> = {}) {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'trellis-identity': sign(user, 'things'),
      ...headers,
    },
    body: JSON.stringify({ query }),
  });
  const body = (await response.json()) as {
    data?: Record<string, unknown> | null;
    errors?: { message: string; path?: unknown; extensions?: Record<string, unknown> }[];
  };
  return { status: response.status, ...body };
}

let running: RunningSubgraph;
beforeAll(async () => {
  running = await serve();
});
afterAll(() => running.stop());

describe('the signed hop', () => {
  test('lets in who carries a valid identity, and shows it to resolvers', async () => {
    expect(await post(running.url, '{ caller }')).toEqual({
      status: 200,
      data: { caller: 'user u1' },
    });
    expect((await post(running.url.replace('/graphql', '/'), '{ caller }')).status).toBe(200);
  });

  const otherKey = createIdentitySigner(makeWireKey('another secret of 32 characters!'));
  const longAgo = createIdentitySigner(key, () => Date.now() - 3_600_000);
  const valid = sign(user, 'things');
  const [version = '', id = '', payload = '', mac = ''] = valid.split('.');
  const stronger = Buffer.from(
    JSON.stringify({ ...JSON.parse(Buffer.from(payload, 'base64url').toString()), sub: 'u2' }),
  ).toString('base64url');
  const forgeries: [string, string | undefined][] = [
    ['no header', undefined],
    ['an empty header', ''],
    ['nonsense', 'Bearer abc'],
    ['a signature with another secret', otherKey(user, 'things')],
    ['a header for another subgraph', sign(user, 'orders')],
    ['an expired header', longAgo(user, 'things')],
    ['a changed payload', `${version}.${id}.${stronger}.${mac}`],
    ['a cut signature', valid.slice(0, -2)],
    ['a further part', `${valid}.x`],
  ];
  const operations = [
    '{ caller }',
    '{ _service { sdl } }',
    '{ _entities(representations: [{ __typename: "Thing", id: 1 }]) { __typename } }',
    '{ __schema { types { name } } }',
    'mutation { save }',
    'not even GraphQL',
  ];

  test.each(forgeries)('refuses %s, whatever is asked', async (_name, header) => {
    for (const query of operations) {
      const response = await fetch(running.url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(header === undefined ? {} : { 'trellis-identity': header }),
        },
        body: JSON.stringify({ query }),
      });
      expect(response.status).toBe(401);
      expect(await response.json()).toEqual({
        errors: [
          {
            message: 'This subgraph answers only its gateway.',
            extensions: { code: 'WIRE_REFUSED' },
          },
        ],
      });
    }
    const get = await fetch(`${running.url}?query={caller}`, {
      headers: header === undefined ? {} : { 'trellis-identity': header },
    });
    expect(get.status).toBe(401);
  });

  test('tells the log why, and the caller nothing', async () => {
    logged.length = 0;
    await post(running.url, '{ caller }', { 'trellis-identity': sign(user, 'orders') });
    expect(logged.join()).toContain('the identity header is for another subgraph');
  });

  test('keeps introspection closed to the gateway as well', async () => {
    const { errors } = await post(running.url, '{ __schema { types { name } } }');
    expect(errors?.[0]?.message).toContain('introspection is not allowed');
    const { data } = await post(running.url, '{ _service { sdl } }');
    expect((data as { _service: { sdl: string } })._service.sdl).toContain('type Thing');
  });

  test('opens for development with TRELLIS_ALLOW_DIRECT, as anonymous, and never to a forged identity', async () => {
    const open = await serve({ env: { TRELLIS_WIRE_SECRET: secret, TRELLIS_ALLOW_DIRECT: '1' } });
    try {
      const response = await fetch(open.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: '{ caller __schema { queryType { name } } }' }),
      });
      expect(await response.json()).toEqual({
        data: { caller: 'anonymous ', __schema: { queryType: { name: 'Query' } } },
      });
      const page = await fetch(open.url, { headers: { accept: 'text/html' } });
      expect(await page.text()).toContain('<html');
      const forged = await post(open.url, '{ caller }', { 'trellis-identity': 'v1.a.b.c' });
      expect(forged.status).toBe(401);
    } finally {
      await open.stop();
    }
  });

  test('refuses to start in production with that switch, or without a secret', async () => {
    const production = { NODE_ENV: 'production' };
    await expect(
      serve({ env: { ...production, TRELLIS_WIRE_SECRET: secret, TRELLIS_ALLOW_DIRECT: '1' } }),
    ).rejects.toThrow('TRELLIS_ALLOW_DIRECT opens things to everyone');
    await expect(serve({ env: production })).rejects.toThrow(
      'TRELLIS_WIRE_SECRET and TRELLIS_WIRE_SECRET_FILE are both unset',
    );
  });

  test('makes a secret for development where the gateway finds it too', async () => {
    const home = mkdtempSync(join(tmpdir(), 'trellis-home-'));
    const developing = await serve({ env: { TRELLIS_HOME: home } });
    try {
      const file = join(home, 'wire-secret');
      expect(statSync(file).mode & 0o777).toBe(0o600);
      const signHere = createIdentitySigner(makeWireKey(readFileSync(file, 'utf8').trim()));
      const answer = await post(developing.url, '{ caller }', {
        'trellis-identity': signHere(user, 'things'),
      });
      expect(answer.data).toEqual({ caller: 'user u1' });
    } finally {
      await developing.stop();
      rmSync(home, { recursive: true });
    }
  });
});

describe('the request', () => {
  test('carries id, deadline and trace of the gateway into resolvers', async () => {
    const { data } = await post(running.url, '{ requestId deadlineMs traceId }', {
      'trellis-request-id': 'req-1',
      'trellis-deadline-ms': '5000',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    });
    expect(data).toMatchObject({
      requestId: 'req-1',
      traceId: '0af7651916cd43dd8448eb211c80319c',
    });
    expect(data?.['deadlineMs']).toBeLessThanOrEqual(5_000);
  });

  test.each([
    ['{ news }', 'max-age=60, public'],
    ['{ news offer }', 'max-age=20, private'],
    [
      '{ _entities(representations: [{ __typename: "Thing", id: 1 }]) { __typename } }',
      'max-age=30, public',
    ],
    ['{ news caller }', 'no-store'],
  ])(
    'says by the hints of its schema how long the answer of %s may be kept',
    async (query, kept) => {
      const response = await fetch(running.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'trellis-identity': sign(user, 'things') },
        body: JSON.stringify({ query }),
      });
      expect(response.headers.get('cache-control')).toBe(kept);
    },
  );

  test('gets an id of its own when the one it came with is none', async () => {
    const { data } = await post(running.url, '{ requestId }', {
      'trellis-request-id': 'a b{"c"}',
    });
    expect(data?.['requestId']).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('is answered in time when its deadline passes, and its signal aborts', async () => {
    aborted = 0;
    const answer = await post(running.url, '{ slow(ms: 400) }', { 'trellis-deadline-ms': '40' });
    expect(answer).toEqual({
      status: 504,
      errors: [
        {
          message: 'The deadline of the request has passed.',
          extensions: { code: 'DEADLINE_EXCEEDED' },
        },
      ],
    });
    expect(aborted).toBe(1);
  });

  test('is not even begun when no time is left', async () => {
    aborted = 0;
    const answer = await post(running.url, '{ slow(ms: 1) }', { 'trellis-deadline-ms': '0' });
    expect(answer.status).toBe(504);
    expect(aborted).toBe(0);
  });

  test('hides the cause of an unforeseen error, and logs it under the same id', async () => {
    logged.length = 0;
    const { data, errors } = await post(running.url, '{ broken caller }', {
      'trellis-request-id': 'req-2',
    });
    expect(data).toEqual({ broken: null, caller: 'user u1' });
    expect(errors).toEqual([
      expect.objectContaining({
        path: ['broken'],
        extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: 'req-2' },
      }),
    ]);
    expect(JSON.stringify(errors)).not.toContain('hunter2');
    const line = logged.find((each) => each.includes('hunter2'));
    expect(JSON.parse(line ?? '{}')).toMatchObject({ requestId: 'req-2', path: ['broken'] });
  });

  test('says of a store that is away that it is, in production too, and logs no stack for it', async () => {
    const away = await serve({
      showsInternalErrors: true,
      isDataLost: (error) => error instanceof StoreAway,
    });
    const before = logged.length;
    const { data, errors } = await post(away.url, '{ stored caller }');
    await away.stop();
    expect(data).toEqual({ stored: null, caller: 'user u1' });
    expect(errors).toEqual([
      {
        message: 'The data behind this field cannot be reached at the moment.',
        path: ['stored'],
        locations: [{ line: 1, column: 3 }],
        extensions: { code: 'TEMPORARILY_UNAVAILABLE' },
      },
    ]);
    expect(logged.slice(before).join('')).not.toMatch(/a resolver failed|ECONNREFUSED/);
  });

  test.each([
    ['a list of operations', JSON.stringify([{ query: '{ caller }' }]), 'application/json', 400],
    ['a body that is no JSON', '{', 'application/json', 400],
    ['a body no browser asks permission for', '{"query":"{ caller }"}', 'text/plain', 400],
    ['a body beyond the limit', `{"query":"${' '.repeat(5_000_000)}"}`, 'application/json', 413],
  ])('is refused with JSON when it is %s', async (_name, body, contentType, status) => {
    const response = await fetch(running.url, {
      method: 'POST',
      headers: { 'content-type': contentType, 'trellis-identity': sign(user, 'things') },
      body,
    });
    expect(response.status).toBe(status);
    const { errors } = (await response.json()) as { errors: { message: string }[] };
    expect(errors).toHaveLength(1);
  });

  test('is told where GraphQL is when it goes anywhere else', async () => {
    const response = await fetch(running.url.replace('/graphql', '/nowhere'));
    expect(response.status).toBe(404);
    expect(await response.text()).toContain('GraphQL is at /graphql');
  });
});

describe('health', () => {
  test('is live at once and ready when the check passes', async () => {
    let trouble: string | undefined = 'the database does not answer';
    const checked = await serve({
      checkReadiness: () => (trouble ? Promise.reject(new Error(trouble)) : Promise.resolve()),
    });
    try {
      const live = await fetch(checked.url.replace('/graphql', '/health/live'));
      expect([live.status, await live.json()]).toEqual([200, { status: 'live', name: 'things' }]);
      const readiness = checked.url.replace('/graphql', '/health/ready');
      const unavailable = await fetch(readiness);
      expect([unavailable.status, await unavailable.json()]).toEqual([
        503,
        { status: 'unavailable', name: 'things', reason: trouble },
      ]);
      trouble = undefined;
      expect((await fetch(readiness)).status).toBe(200);
    } finally {
      await checked.stop();
    }
  });
});

describe('starting and stopping', () => {
  test('says what to do about a port that is taken', async () => {
    const port = Number(new URL(running.url).port);
    await expect(serve({ port })).rejects.toThrow(
      `things: port ${port} of 127.0.0.1 is taken by another process. Stop that one, or choose another port with THINGS_PORT.`,
    );
  });

  test.each([
    [{ THINGS_PORT: '0', PORT: 'x' }, undefined],
    [{ PORT: 'x' }, /PORT/],
    [{ THINGS_PORT: '70000' }, /65535/],
  ])('reads its port from %j', async (env, problem) => {
    const options = { env: { TRELLIS_WIRE_SECRET: secret, ...env } };
    const starting = serveSubgraph({
      name: 'things',
      schema: typeDefs,
      resolvers,
      createContext: (scope: RequestScope) => scope,
      log: createLog('things', { LOG_LEVEL: 'silent' }),
      ...options,
    });
    if (problem) {
      await expect(starting).rejects.toThrow(problem);
    } else {
      await (await starting).stop();
    }
  });

  test('finishes what it has begun before it stops', async () => {
    let begun = 0;
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const slow = async () => {
      begun += 1;
      await gate;
      return 'done';
    };
    const Query = { ...resolvers.Query, slow };
    const stopping = await serve({ resolvers: { ...resolvers, Query } });
    const answers = Array.from({ length: 20 }, () => post(stopping.url, '{ slow(ms: 0) }'));
    while (begun < answers.length) await delay(5);
    const stopped = stopping.stop();
    await delay(20);
    open();
    for (const answer of await Promise.all(answers)) expect(answer.data).toEqual({ slow: 'done' });
    await stopped;
    await expect(fetch(stopping.url)).rejects.toThrow();
  });

  test('does not wait for a connection that only stays open', async () => {
    const stopping = await serve();
    const idle = httpRequest(stopping.url.replace('/graphql', '/health/live'), {
      headers: { connection: 'keep-alive' },
    });
    const answered = new Promise((resolve) =>
      idle.once('response', (it) => it.resume().once('end', resolve)),
    );
    idle.on('error', () => undefined).end();
    await answered;
    await stopping.stop();
  });
});

jest.setTimeout(30_000);
