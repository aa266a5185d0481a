import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { signDevelopmentToken } from '@trellis/gateway/development-tokens';
import { seededOrder, seededUser } from '@trellis/kit/seeded-shop';
import { makeWireKey } from '@trellis/platform/wire-keys';
import { startPlatform, type Platform, type PlatformAnswer } from '../harness/start-platform.ts';

const secret = 'a wire secret for this test and no other one';

/** One query for everybody: what it answers depends on who asks. */
const orderQuery = `query ($id: ID!) {
  order(id: $id) {
    number
    customer { username email }
    payments { status method { __typename } }
    shipments { region trackingNumber }
  }
}`;

describe('the shop, by who asks', () => {
  let platform: Platform;
  let before: string | undefined;

  beforeAll(async () => {
    before = process.env['TRELLIS_WIRE_SECRET'];
    process.env['TRELLIS_WIRE_SECRET'] = secret;
    platform = await startPlatform();
  }, 240_000);

  afterAll(async () => {
    await platform.stop();
    if (before === undefined) delete process.env['TRELLIS_WIRE_SECRET'];
    else process.env['TRELLIS_WIRE_SECRET'] = before;
  }, 60_000);

  async function ask(
    query: string,
    user?: { readonly id: string; readonly roles: readonly string[]; readonly region?: string },
    variables: Readonly<Record<string, unknown>> = {},
  ): Promise<PlatformAnswer> {
    if (!user) return platform.ask({ query, variables });
    const { id: subject, roles, region } = user;
    const token = await signDevelopmentToken(makeWireKey(secret), { subject, roles, region });
    return platform.ask({ query, variables, headers: { authorization: `Bearer ${token}` } });
  }

  const { id, customerId } = seededOrder(0);
  const customer = { id: customerId, roles: ['CUSTOMER'] };
  const stranger = { id: seededUser(3).id, roles: ['CUSTOMER'] };
  const support = { id: seededUser(1).id, roles: ['SUPPORT'] };

  test('a customer sees their own order with payment details', async () => {
    const { data, errors } = await ask(orderQuery, customer, { id });
    expect(errors).toBeUndefined();
    expect(data.order.customer.email).toContain('@example.com');
    expect(data.order.payments.length).toBeGreaterThan(0);
    expect(data.order.payments[0].method).not.toBeNull();
  });

  test('support sees the order, but no payment details', async () => {
    const { data, errors } = await ask(orderQuery, support, { id });
    expect(data.order.customer.email).toContain('@example.com');
    expect(data.order.payments[0]).toEqual({ status: expect.any(String), method: null });
    expect(errors?.map(({ extensions }) => extensions?.code)).toEqual(
      data.order.payments.map(() => 'FORBIDDEN'),
    );
    expect(errors?.[0]?.path).toEqual(['order', 'payments', 0, 'method']);
  });

  test('a stranger and nobody see nothing of it', async () => {
    for (const user of [stranger, undefined]) {
      const { data } = await ask(orderQuery, user, { id });
      expect(JSON.stringify(data)).not.toMatch(/@example|T-0/);
    }
  });

  test("reviews are public, their authors' e-mail is not", async () => {
    const query = '{ recentReviews(first: 3) { nodes { title author { username email } } } }';
    const { data, errors } = await ask(query);
    expect(data.recentReviews.nodes).toHaveLength(3);
    for (const review of data.recentReviews.nodes) {
      expect(review).toEqual({
        title: expect.any(String),
        author: { username: expect.any(String), email: null },
      });
    }
    expect(errors?.map(({ path, extensions }) => [path, extensions?.code])).toEqual(
      [0, 1, 2].map((at) => [['recentReviews', 'nodes', at, 'author', 'email'], 'UNAUTHENTICATED']),
    );
  });

  test('warehouse staff lists the shipments of its own region, and of no other', async () => {
    const staff = { id: seededUser(2).id, roles: ['WAREHOUSE'], region: 'EU_NORTH' };
    const query =
      'query ($region: Region) { shipments(first: 5, region: $region) { nodes { region trackingNumber } } }';
    const own = await ask(query, staff, { region: 'EU_NORTH' });
    expect(own.errors).toBeUndefined();
    expect(own.data.shipments.nodes.length).toBeGreaterThan(0);
    for (const region of ['APAC', null]) {
      const other = await ask(query, staff, { region });
      expect(other.data).toEqual({ shipments: null });
      expect(other.errors?.[0]?.extensions?.code).toBe('FORBIDDEN');
    }
  });

  test('whoever knows the id of a shipment sees of it no more than the rules say', async () => {
    const staff = { id: seededUser(2).id, roles: ['WAREHOUSE'], region: 'EU_NORTH' };
    const list = '{ shipments(first: 1, region: APAC) { nodes { id } } }';
    const [{ id: elsewhere }] = (await ask(list, support)).data.shipments.nodes;
    const query = 'query ($id: ID!) { shipment(id: $id) { region status } }';
    for (const field of ['region', 'status', 'carrier', 'createdAt', 'deliveredAt', 'order']) {
      const one = query.replace('region status', field === 'order' ? 'order { id }' : field);
      for (const user of [staff, stranger]) {
        const { data, errors } = await ask(one, user, { id: elsewhere });
        expect(data.shipment?.[field] ?? null).toBeNull();
        expect(errors?.map(({ extensions }) => extensions?.code)).toEqual(['FORBIDDEN']);
      }
    }
    const seen = await ask(query, support, { id: elsewhere });
    expect(seen.data.shipment).toEqual({ region: 'APAC', status: expect.any(String) });
  });

  test('a mutation on the catalog needs an administrator', async () => {
    const query = `mutation { renameProduct(input: { productId: "x", name: "y" }) { userErrors { code } } }`;
    expect((await ask(query, customer)).errors?.[0]?.extensions?.code).toBe('FORBIDDEN');
    const admin = { id: seededUser(0).id, roles: ['ADMIN'] };
    expect((await ask(query, admin)).errors?.[0]?.extensions?.code).not.toBe('FORBIDDEN');
  });

  test('a bad token is refused without a reason', async () => {
    const answer = await platform.ask({
      query: '{ __typename }',
      headers: { authorization: 'Bearer a.b.c' },
    });
    expect(answer.status).toBe(401);
    expect(answer.errors).toEqual([
      { message: 'The credentials are not accepted.', extensions: { code: 'UNAUTHENTICATED' } },
    ]);
  });
});
