import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { get, post, readVerdict, send, type HostileAnswer } from './ask.ts';
import { startHostileGraph, type HostileGraph } from './hostile-graph.ts';

const servers = ['trellis', 'apollo'] as const;
const query = '{ me { id } }';
const asked = { data: { me: { id: '1' } } };

describe.each(servers)('requests, with server: %s', (server) => {
  let graph: HostileGraph;
  beforeAll(async () => {
    graph = await startHostileGraph({ settings: { server } });
  });
  afterAll(() => graph.stop());

  function expectRefusal(answer: HostileAnswer, ...statuses: readonly number[]): string {
    expect(statuses).toContain(answer.status);
    const verdict = readVerdict(answer);
    expect(verdict).not.toBe('data');
    return verdict;
  }

  describe('C1', () => {
    test.each([
      ['nothing', ''],
      ['half an object', '{"query":'],
      ['HTML', '<html>'],
      ['null', 'null'],
      ['true', 'true'],
      ['a number', '123'],
      ['a string', JSON.stringify(query)],
      ['an empty object', '{}'],
      ['an empty list', '[]'],
      ['a query that is a number', '{"query":1}'],
      ['a query that is a list', '{"query":["{ me { id } }"]}'],
      ['a query that is null', '{"query":null}'],
      ['variables that are text', JSON.stringify({ query, variables: '{}' })],
      ['variables that are a list', JSON.stringify({ query, variables: [] })],
      ['an operation name that is an object', JSON.stringify({ query, operationName: {} })],
      ['extensions that are text', JSON.stringify({ query, extensions: 'x' })],
      ['JSON nested 100,000 deep', `{"query":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
      ['invalid UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d])],
    ])('a body of %s is a 400', async (_what, body) => {
      const answer = await send(`${graph.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
      expectRefusal(answer, 400);
    });
  });

  test('C2 a body of 20 MB is a 413', async () => {
    const answer = await post(graph.url, {
      query: `{ me { id } } # ${'x'.repeat(20_000_000)}`,
    }).catch(() => undefined);
    // The connection may end before the client has sent all of it.
    if (answer) expectRefusal(answer, 413);
    expect((await post(graph.url, { query })).status).toBe(200);
  });

  test('C3 a compressed body is a 415, whatever it would become', async () => {
    const answer = await send(`${graph.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      body: gzipSync(Buffer.alloc(50_000_000, ' ')),
    });
    expectRefusal(answer, 415);
    expect(answer.elapsedMs).toBeLessThan(2_000);
  });

  test.each([
    'application/json; charset=utf-16',
    'application/json; charset=utf-7',
    'application/json;charset="x"',
    `application/json; charset=${'a'.repeat(2_000)}`,
    'application/json\t; charset=latin1',
    'application/jsonx',
    'text/plain',
    'text/plain; application/json',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'message/x',
    'x',
  ])('C4 C5 a body of type %s is a 415 and is not run', async (type) => {
    const before = graph.forwarded.length;
    const answer = await post(graph.url, { query }, { 'content-type': type });
    expectRefusal(answer, 415);
    expect(graph.forwarded).toHaveLength(before);
  });

  test.each([
    ['without a header that other sites cannot send', {}, [400]],
    ['of type message/x', { 'content-type': 'message/x', 'apollo-require-preflight': '1' }, [415]],
    ['of type text/plain', { 'content-type': 'text/plain' }, [415, 400]],
  ] as const)('C5 GET %s is refused and not run', async (_what, headers, statuses) => {
    const before = graph.forwarded.length;
    expectRefusal(await get(graph.url, { query }, headers), ...statuses);
    expect(graph.forwarded).toHaveLength(before);
  });

  test('C5 a mutation over GET is refused and not run', async () => {
    const before = graph.forwarded.length;
    const mutation = 'mutation { rename(id: "1", name: "x") { id } }';
    expectRefusal(await get(graph.url, { query: mutation }), 405);
    const hidden = `query A { me { id } } ${mutation.replace('mutation', 'mutation B')}`;
    expectRefusal(await get(graph.url, { query: hidden, operationName: 'B' }), 405);
    expect(graph.forwarded).toHaveLength(before);
  });

  test('C5 no page of another origin may read an answer', async () => {
    const answer = await post(graph.url, { query }, { origin: 'https://evil.example' });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });

  test('C7 headers of 200 KB are a 431', async () => {
    const answer = await post(graph.url, { query }, { 'x-large': 'x'.repeat(200_000) }).catch(
      () => undefined,
    );
    if (answer) expect([431]).toContain(answer.status);
    expect((await post(graph.url, { query })).status).toBe(200);
  });

  test('C7 an address of 9 KB is a 414, and so is one of 100 KB', async () => {
    const long = (bytes: number): Promise<HostileAnswer | undefined> =>
      get(graph.url, { query: `${query} # ${'x'.repeat(bytes)}` }).catch(() => undefined);
    expect(await long(9_000)).toMatchObject({ status: 414 });
    const longest = await long(100_000);
    if (longest) expect([414, 431]).toContain(longest.status);
  });

  test.each([2, 10, 5_000])('C22 a batch of %i is refused', async (count) => {
    const before = graph.forwarded.length;
    const batch = Array.from({ length: count }, () => ({ query }));
    expectRefusal(await post(graph.url, batch), 400);
    expect(graph.forwarded).toHaveLength(before);
  });

  test.each(['[null]', '[1,2]', '[[]]', '[{"query":1}]', '["{ me { id } }"]', '[{}]'])(
    'C22 a batch of %s is refused',
    async (body) => {
      expectRefusal(await post(graph.url, body), 400);
    },
  );

  test('C25 headers that ask for traces and plans change nothing', async () => {
    const answer = await post(
      graph.url,
      { query },
      {
        'apollo-federation-include-trace': 'ftv1',
        'apollo-query-plan-experimental': '1',
        'x-apollo-tracing': '1',
      },
    );
    expect(JSON.parse(answer.text)).toEqual(asked);
    const forwarded = graph.forwarded.at(-1) ?? {};
    expect(Object.keys(forwarded)).not.toContain('apollo-federation-include-trace');
  });

  test('C28 a subscription over POST is a 400, named or not', async () => {
    for (const document of ['subscription { x }', 'subscription S { x }']) {
      expectRefusal(await post(graph.url, { query: document }), 400);
      expectRefusal(await get(graph.url, { query: document }), 400, 405);
    }
  });

  test('C30 a hash is stored with its own text alone', async () => {
    const hash = createHash('sha256').update(query).digest('hex');
    const other = '{ me { name } }';
    const named = (sha256Hash: unknown): object => ({
      extensions: { persistedQuery: { version: 1, sha256Hash } },
    });
    expectRefusal(await post(graph.url, { query: other, ...named(hash) }), 400);
    expect(readRefusal(await post(graph.url, named(hash)))).toBe('PERSISTED_QUERY_NOT_FOUND');
    expect((await post(graph.url, { query, ...named(hash) })).status).toBe(200);
    expect(JSON.parse((await post(graph.url, named(hash))).text)).toEqual(asked);
    expect(JSON.parse((await get(graph.url, named(hash) as Record<string, unknown>)).text)).toEqual(
      asked,
    );
    for (const junk of ['', 'x', 'x'.repeat(100_000), 7, null, {}, ['a'], '__proto__']) {
      const answer = await post(graph.url, named(junk));
      expect([200, 400]).toContain(answer.status);
      readRefusal(answer);
    }
  });

  test('C31 no header of the client reaches a subgraph', async () => {
    const spoofed = {
      'x-user-id': 'admin',
      'x-user-roles': 'ADMIN',
      'x-roles': 'ADMIN',
      cookie: 'session=1',
      'trellis-identity': 'v1.forged',
      'trellis-deadline-ms': '1',
      'x-forwarded-for': '1.2.3.4',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      'apollographql-client-name': 'x',
      forwarded: 'host=evil.example',
    };
    const answer = await post(graph.url, { query: '{ me { name } }' }, spoofed);
    expect(answer.status).toBe(200);
    const forwarded = graph.forwarded.at(-1) ?? {};
    const passed = Object.entries(spoofed).filter(([name, value]) => forwarded[name] === value);
    expect(passed).toEqual([]);
    expect(forwarded['host']).toMatch(/^127\.0\.0\.1:\d+$/);
  });

  test('C32 a multipart request is refused, whatever its map says', async () => {
    const form = new FormData();
    form.set('operations', JSON.stringify({ query, variables: { file: null } }));
    form.set('map', JSON.stringify({ 0: ['variables.__proto__.polluted', '__proto__.polluted'] }));
    form.set('0', new Blob(['x']), 'x.txt');
    const before = graph.forwarded.length;
    const answer = await send(`${graph.url}/graphql`, {
      method: 'POST',
      headers: { 'apollo-require-preflight': 'true' },
      body: form,
    });
    expectRefusal(answer, 415);
    expect(graph.forwarded).toHaveLength(before);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test('variables called __proto__ pollute nothing and hide nothing', async () => {
    const body = `{"query":"query ($f: Filter) { products(filter: $f) { id } }","variables":{"__proto__":{"polluted":1},"f":{"__proto__":{"ids":[1]}}}}`;
    const answer = await post(graph.url, body);
    expect([200, 400]).toContain(answer.status);
    readVerdict(answer);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test.each(['PUT', 'DELETE', 'PATCH'])('%s is a 405', async (method) => {
    expectRefusal(await send(`${graph.url}/graphql`, { method }), 405);
  });

  test.each([
    '/graphql/../../etc/passwd',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/graphiql',
    '/sandbox',
    '/playground',
    '/console',
    '/.env',
  ])('there is nothing at %s in production', async (path) => {
    const answer = await send(`${graph.url}${path}`, { headers: { accept: 'text/html' } });
    expect(answer.status).toBe(404);
    readVerdict(answer);
  });

  test('C34 no page is served where GraphQL is, and no stack is shown', async () => {
    const answer = await send(`${graph.url}/graphql`, { headers: { accept: 'text/html' } });
    expect(answer.headers.get('content-type')).not.toContain('text/html');
    expect([400, 406]).toContain(answer.status);
  });
});

/** The code of a refusal that may travel with 200. */
function readRefusal(answer: HostileAnswer): string {
  const verdict = readVerdict(answer);
  expect(verdict).not.toBe('data');
  return verdict;
}
