import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startTestGateway, type TestGateway } from '../testing/start-test-gateway.ts';
import { startUsersAndReviews } from '../testing/test-subgraphs.ts';

const me = { query: '{ me { name } }' };
const ada = { data: { me: { name: 'Ada' } } };

describe('a batch', () => {
  let subgraphs: Awaited<ReturnType<typeof startUsersAndReviews>>;
  let gateway: TestGateway;
  beforeAll(async () => {
    subgraphs = await startUsersAndReviews();
    gateway = await startTestGateway(subgraphs.sdl, {
      settings: {
        http: { batching: { isEnabled: true, maxOperations: 3 } },
        operation: { maxAliases: 2, cost: { header: 'actual' } },
      },
    });
  });
  afterAll(async () => {
    await gateway.stop();
    await subgraphs.stop();
  });

  test('is answered as a list, each operation for itself', async () => {
    const { status, headers, text } = await gateway.ask([
      me,
      { query: '{ nobody }' },
      { query: 'query ($id: ID!) { user(id: $id) { name } }', variables: { id: '2' } },
    ]);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toContain('application/json');
    const [first, second, third] = JSON.parse(text) as Record<string, unknown>[];
    expect(first).toEqual(ada);
    expect(second).toMatchObject({
      errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }],
    });
    expect(third).toEqual({ data: { user: { name: 'Grace' } } });
  });

  test('of which all were refused is refused', async () => {
    const { status, text } = await gateway.ask([{ query: '{ nobody }' }, { query: '{' }, null]);
    expect(status).toBe(400);
    const codes = (JSON.parse(text) as { errors: { extensions: { code: string } }[] }[]).map(
      ({ errors }) => errors[0]?.extensions.code,
    );
    expect(codes).toEqual(['GRAPHQL_VALIDATION_FAILED', 'GRAPHQL_PARSE_FAILED', 'BAD_REQUEST']);
  });

  test('has every limit for each of its operations', async () => {
    const abusive = { query: '{ a: me { name } b: me { name } c: me { name } }' };
    const { text } = await gateway.ask([abusive, me]);
    expect(JSON.parse(text)).toEqual([
      { errors: [expect.objectContaining({ extensions: { code: 'MAX_ALIASES_LIMIT' } })] },
      ada,
    ]);
  });

  test.each([
    ['too many operations', [me, me, me, me], 'BATCH_LIMIT_EXCEEDED'],
    ['none', [], 'BAD_REQUEST'],
  ])('of %s is refused as a whole', async (_what, batch, code) => {
    const { status, json } = await gateway.ask(batch);
    expect([status, json?.errors?.[0]?.extensions?.['code']]).toEqual([400, code]);
  });

  test('may be kept no longer than its strictest part', async () => {
    subgraphs.users.cacheControl = 'max-age=60';
    const control = async (batch: unknown): Promise<string | null> =>
      (await gateway.ask(batch)).headers.get('cache-control');
    expect(await control([me, me])).toBe('max-age=60, public');
    expect(await control([me, { query: '{ __typename }' }])).toBe('no-store');
    subgraphs.reviews.cacheControl = 'max-age=5, private';
    expect(await control([me, { query: '{ reviews { text } }' }])).toBe('max-age=5, private');
  });
});

describe('the cost of an operation', () => {
  test('is told in a header where the settings say so', async () => {
    const subgraphs = await startUsersAndReviews();
    for (const [header, expected] of [
      ['none', null],
      ['estimated', 'estimated=20'],
      ['actual', 'estimated=20, actual=4'],
    ] as const) {
      const gateway = await startTestGateway(subgraphs.sdl, {
        settings: { operation: { cost: { header } } },
      });
      const { headers } = await gateway.ask({ query: '{ reviews { text author { name } } }' });
      expect(headers.get('x-operation-cost')).toBe(expected);
      await gateway.stop();
    }
    await subgraphs.stop();
  });
});
