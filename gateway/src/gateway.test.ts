import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { makeWireKey } from '@trellis/platform/wire-keys';
import { createIdentityVerifier } from '@trellis/platform/identity';
import { startTestGateway, type TestGateway } from './testing/start-test-gateway.ts';
import { startUsersAndReviews } from './testing/test-subgraphs.ts';

type Subgraphs = Awaited<ReturnType<typeof startUsersAndReviews>>;

describe.each(['trellis', 'apollo'] as const)('a gateway with engine %s', (engine) => {
  let subgraphs: Subgraphs;
  let gateway: TestGateway;

  beforeAll(async () => {
    subgraphs = await startUsersAndReviews();
    gateway = await startTestGateway(subgraphs.sdl, { settings: { engine } });
  });
  afterAll(async () => {
    await gateway.stop();
    await subgraphs.stop();
  });

  test('answers a query across two subgraphs', async () => {
    const { status, json } = await gateway.ask({
      query: 'query Me($id: ID!) { user(id: $id) { name reviews { text author { name } } } }',
      variables: { id: '2' },
    });
    expect(status).toBe(200);
    expect(json).toEqual({
      data: { user: { name: 'Grace', reviews: [{ text: 'Fine', author: { name: 'Grace' } }] } },
    });
  });

  test('runs a mutation', async () => {
    const query = 'mutation { rename(id: "3", name: "Edsger W.") { name } }';
    expect((await gateway.ask({ query })).json).toEqual({
      data: { rename: { name: 'Edsger W.' } },
    });
  });

  test('answers introspection outside production', async () => {
    const { json } = await gateway.ask({ query: '{ __schema { queryType { name } } }' });
    expect(json).toEqual({ data: { __schema: { queryType: { name: 'Query' } } } });
  });

  test('passes on an error of a subgraph with its path', async () => {
    const { status, json } = await gateway.ask({ query: '{ me { name } fail }' });
    expect(status).toBe(200);
    expect(json?.data).toEqual({ me: { name: 'Ada' }, fail: null });
    expect(json?.errors).toEqual([
      expect.objectContaining({ message: 'it failed', path: ['fail'] }),
    ]);
  });

  test('answers what it can when a subgraph is down', async () => {
    const alone = await startUsersAndReviews();
    const partial = await startTestGateway(alone.sdl, { settings: { engine } });
    await alone.reviews.stop();
    const { status, text, json } = await partial.ask({ query: '{ me { name reviews { text } } }' });
    await partial.stop();
    await alone.stop();
    expect(status).toBe(200);
    expect(json?.data).toEqual({ me: { name: 'Ada', reviews: null } });
    expect(json?.errors).toHaveLength(1);
    expect(json?.errors?.[0]).toMatchObject({
      path: expect.arrayContaining(['me']),
      extensions: { code: 'SUBGRAPH_UNAVAILABLE' },
    });
    expect(text).not.toContain('127.0.0.1');
  });

  test('shows plan and trace to a client that asks for them', async () => {
    const headers = { 'trellis-query-plan': '1' };
    const { json } = await gateway.ask({ query: '{ me { name reviews { text } } }' }, headers);
    expect(json?.extensions).toEqual({
      trellis: expect.objectContaining({ trace: expect.anything() }),
    });
  });
});

describe('what subgraphs are told', () => {
  const secret = 'a secret of thirty-two characters or more';

  test('is who asks, the time left, the request id and the trace', async () => {
    const subgraphs = await startUsersAndReviews();
    const env = { TRELLIS_WIRE_SECRET: secret };
    const gateway = await startTestGateway(subgraphs.sdl, { env });
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const { headers } = await gateway.ask(
      { query: '{ me { name } }' },
      { traceparent, 'x-request-id': 'abc-1', cookie: 'a=b', 'trellis-identity': 'forged' },
    );
    const sent = subgraphs.users.headers[0] ?? {};
    await gateway.stop();
    await subgraphs.stop();
    expect(headers.get('x-request-id')).toBe('abc-1');
    expect(sent['trellis-request-id']).toBe('abc-1');
    expect(sent['traceparent']).toContain('0af7651916cd43dd8448eb211c80319c');
    expect(Number(sent['trellis-deadline-ms'])).toBeGreaterThan(0);
    expect(sent['cookie']).toBeUndefined();
    const verify = createIdentityVerifier([makeWireKey(secret)], 'users');
    expect(verify(String(sent['trellis-identity']))).toMatchObject({ kind: 'anonymous' });
  });

  test('is no identity without a wire secret', async () => {
    const subgraphs = await startUsersAndReviews();
    const gateway = await startTestGateway(subgraphs.sdl);
    await gateway.ask({ query: '{ me { name } }' });
    await gateway.stop();
    await subgraphs.stop();
    expect(subgraphs.users.headers).toHaveLength(1);
    expect(subgraphs.users.headers[0]).not.toHaveProperty('trellis-identity');
  });
});

describe('in production', () => {
  let subgraphs: Subgraphs;
  let gateway: TestGateway;

  beforeAll(async () => {
    subgraphs = await startUsersAndReviews();
    gateway = await startTestGateway(subgraphs.sdl, { env: { NODE_ENV: 'production' } });
  });
  afterAll(async () => {
    await gateway.stop();
    await subgraphs.stop();
  });

  test('refuses introspection', async () => {
    for (const query of [
      '{ __schema { types { name } } }',
      '{ a: __type(name: "User") { name } }',
    ]) {
      const { status, json } = await gateway.ask({ query });
      expect(status).toBe(400);
      expect(json?.errors?.[0]?.extensions).toEqual({ code: 'INTROSPECTION_DISABLED' });
    }
    expect((await gateway.ask({ query: '{ __typename }' })).json).toEqual({
      data: { __typename: 'Query' },
    });
  });

  test('suggests no names', async () => {
    const { text } = await gateway.ask({ query: '{ me { nam } }' });
    expect(text).toContain('Cannot query field');
    expect(text).not.toContain('Did you mean');
  });

  test.each(['/graphiql', '/graphiql/page.js', '/plan'])('serves no %s', async (path) => {
    expect((await fetch(gateway.url + path)).status).toBe(404);
  });

  test('serves no landing page', async () => {
    const response = await fetch(gateway.url, { headers: { accept: 'text/html,*/*' } });
    expect(response.headers.get('content-type')).toContain('application/json');
  });

  test('keeps extensions clean', async () => {
    const { json } = await gateway.ask({ query: '{ me { name } }' }, { 'trellis-query-plan': '1' });
    expect(json).toEqual({ data: { me: { name: 'Ada' } } });
  });
});
