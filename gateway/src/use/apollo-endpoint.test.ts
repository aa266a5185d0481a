import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startTestGateway, type TestGateway } from '../testing/start-test-gateway.ts';
import { startUsersAndReviews } from '../testing/test-subgraphs.ts';

describe('a gateway with server: apollo', () => {
  let subgraphs: Awaited<ReturnType<typeof startUsersAndReviews>>;
  let gateway: TestGateway;

  beforeAll(async () => {
    subgraphs = await startUsersAndReviews();
    gateway = await startTestGateway(subgraphs.sdl, { settings: { server: 'apollo' } });
  });
  afterAll(async () => {
    await gateway.stop();
    await subgraphs.stop();
  });

  test('answers', async () => {
    const { status, json } = await gateway.ask({ query: '{ me { name reviews { text } } }' });
    expect([status, json]).toEqual([
      200,
      { data: { me: { name: 'Ada', reviews: [{ text: 'Good' }] } } },
    ]);
  });

  test.each([
    ['no JSON', '{"query":', 400, 'BAD_REQUEST'],
    ['no GraphQL', '{"query":"{ me {"}', 400, 'GRAPHQL_PARSE_FAILED'],
    ['an unknown field', '{"query":"{ nobody }"}', 400, 'GRAPHQL_VALIDATION_FAILED'],
    [
      'a missing variable',
      '{"query":"query ($id: ID!) { user(id: $id) { name } }"}',
      400,
      'BAD_USER_INPUT',
    ],
  ])('refuses %s', async (_what, body, status, code) => {
    const response = await gateway.ask(body);
    expect([response.status, response.json?.errors?.[0]?.extensions?.['code']]).toEqual([
      status,
      code,
    ]);
  });

  test('is healthy and stops', async () => {
    const own = await startTestGateway(subgraphs.sdl, { settings: { server: 'apollo' } });
    expect((await fetch(`${own.url}/health/ready`)).status).toBe(200);
    subgraphs.users.delayMs = 300;
    const before = subgraphs.users.headers.length;
    const slow = own.ask({ query: '{ me { name } }' });
    while (subgraphs.users.headers.length === before) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await own.stop();
    subgraphs.users.delayMs = 0;
    expect((await slow).json).toEqual({ data: { me: { name: 'Ada' } } });
  });
});
