import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { seedId } from '@trellis/kit/seed-id';
import { seededOrder, seededProduct } from '@trellis/kit/seeded-shop';
import { expectConstantStatements } from '@trellis/kit/statement-slope';
import { startTestSubgraph, testUser, type TestSubgraph } from '@trellis/kit/testing';
import { orders } from './subgraph.ts';
import type { Tables } from './tables.ts';

let subgraph: TestSubgraph<Tables>;
beforeAll(async () => {
  subgraph = await startTestSubgraph(orders);
}, 60_000);
afterAll(() => subgraph.stop());

const first = seededOrder(0);
const customer = testUser(first.customerId);
const stranger = testUser('usr_stranger');
const support = testUser('usr_support', 'SUPPORT');
const [bookId, lampId] = [seedId('product', 0), seedId('product', 1)];

const placeOrder = `mutation ($input: PlaceOrderInput!) {
  placeOrder(input: $input) {
    order { id number status total { amount currency } lines { product { id } quantity unitPrice { amount } }
      history { status reason } customer { id } shippingMethod }
    userErrors { code field }
  }
}`;
const cancelOrder = `mutation ($input: CancelOrderInput!) {
  cancelOrder(input: $input) {
    order { status history { status reason } }
    userErrors { code message field }
  }
}`;

const place = (input: object, identity = customer) =>
  subgraph.ask({ query: placeOrder, variables: { input }, identity });
const cancel = (input: object, identity = customer) =>
  subgraph.ask({ query: cancelOrder, variables: { input }, identity });

describe('an order', () => {
  test('is found by each of its keys, whatever the order of asking', async () => {
    const { data, errors } = await subgraph.ask({
      query: `query ($representations: [_Any!]!) {
        _entities(representations: $representations) {
          ... on Order { id number }
          ... on OrderLine { id }
          ... on User { orderCount }
          ... on Product { soldQuantity }
        }
      }`,
      variables: {
        representations: [
          { __typename: 'Order', number: 'T-000002' },
          { __typename: 'Order', id: 'ord_nowhere' },
          { __typename: 'Order', id: first.id },
          { __typename: 'OrderLine', id: first.lines[0]?.id },
          { __typename: 'User', id: 'usr_never_ordered' },
          { __typename: 'Product', id: 'prd_never_sold' },
        ],
      },
      identity: support,
    });
    expect(errors).toBeUndefined();
    expect(data._entities).toEqual([
      { id: seededOrder(1).id, number: 'T-000002' },
      null,
      { id: first.id, number: 'T-000001' },
      { id: first.lines[0]?.id },
      { orderCount: 0 },
      { soldQuantity: 0 },
    ]);
  });

  test('adds up: the total is the sum of its lines', async () => {
    const { data } = await subgraph.ask({
      query:
        '{ orders(first: 100) { nodes { total { amount } lines { total { amount } quantity } } } }',
      identity: support,
    });
    expect(data.orders.nodes).toHaveLength(100);
    for (const { total, lines } of data.orders.nodes) {
      const sum = lines.reduce((all: number, line: typeof total) => all + line.total.amount, 0);
      expect(total.amount).toBe(sum);
    }
  });

  test('is seen by its customer and by staff, and by nobody else', async () => {
    const query = `{ order(id: "${first.id}") { number } }`;
    const seen = { order: { number: 'T-000001' } };
    expect((await subgraph.ask({ query, identity: customer })).data).toEqual(seen);
    expect((await subgraph.ask({ query, identity: support })).data).toEqual(seen);
    expect((await subgraph.ask({ query, identity: stranger })).data).toEqual({ order: null });
    expect((await subgraph.ask(query)).data).toEqual({ order: null });
  });

  test('is asked for by exactly one of id and number', async () => {
    const { errors } = await subgraph.ask('{ order { id } }');
    expect(errors?.[0]).toMatchObject({
      message: 'Give exactly one of `id` and `number`: none came.',
      extensions: { code: 'BAD_USER_INPUT' },
    });
  });
});

describe('lists of orders', () => {
  test('are read page by page without losing or repeating one', async () => {
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const { data } = await subgraph.ask({
        query: `query ($after: String) {
          orders(first: 37, after: $after, status: CANCELLED) {
            nodes { id status } pageInfo { hasNextPage endCursor } totalCount
          }
        }`,
        variables: { after },
        identity: support,
      });
      seen.push(...data.orders.nodes.map((order: { id: string }) => order.id));
      after = data.orders.pageInfo.hasNextPage ? data.orders.pageInfo.endCursor : null;
      if (after === null) expect(data.orders.totalCount).toBe(seen.length);
    } while (after !== null);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBeGreaterThan(200);
  });

  test('are refused to strangers, without the user who has them being lost', async () => {
    const query = `query ($representations: [_Any!]!) {
      _entities(representations: $representations) { ... on User { id orders { totalCount } } }
    }`;
    const variables = { representations: [{ __typename: 'User', id: first.customerId }] };
    const denied = await subgraph.ask({ query, variables, identity: stranger });
    expect(denied.data._entities).toEqual([{ id: first.customerId, orders: null }]);
    expect(denied.errors?.[0]?.extensions?.['code']).toBe('FORBIDDEN');
    const allowed = await subgraph.ask({ query, variables, identity: customer });
    expect(allowed.data._entities[0].orders.totalCount).toBeGreaterThan(0);
    expect(
      (await subgraph.ask('{ orders { totalCount } }')).errors?.[0]?.extensions?.['code'],
    ).toBe('UNAUTHENTICATED');
  });
});

describe('placing an order', () => {
  test('takes the prices of this moment', async () => {
    const lines = [
      { productId: bookId, quantity: 2 },
      { productId: lampId, quantity: 1 },
    ];
    const { data, errors } = await place({ requestId: 'prices', lines, shippingMethod: 'EXPRESS' });
    expect(errors).toBeUndefined();
    const [book, lamp] = [seededProduct(0).priceAmount, seededProduct(1).priceAmount];
    expect(data.placeOrder.userErrors).toEqual([]);
    expect(data.placeOrder.order).toMatchObject({
      status: 'PLACED',
      shippingMethod: 'EXPRESS',
      customer: { id: first.customerId },
      total: { amount: 2 * book + lamp, currency: 'EUR' },
      lines: [
        { product: { id: bookId }, quantity: 2, unitPrice: { amount: book } },
        { product: { id: lampId }, quantity: 1, unitPrice: { amount: lamp } },
      ],
      history: [{ status: 'PLACED', reason: null }],
    });
    expect(data.placeOrder.order.number).toMatch(/^T-01\d{4}$/);
  });

  test('happens once, however often and however parallel it is asked for', async () => {
    const input = { requestId: 'once', lines: [{ productId: bookId, quantity: 1 }] };
    const answers = await Promise.all(Array.from({ length: 20 }, () => place(input)));
    const ids = answers.map(({ data }) => data.placeOrder.order.id);
    expect(new Set(ids).size).toBe(1);
    const { rows } = await subgraph.database.pool.query(
      `select count(*)::integer as count from orders where request_id = 'once'`,
    );
    expect(rows).toEqual([{ count: 1 }]);
  });

  test.each([
    ['nothing', { lines: [] }, 'EMPTY', 'lines'],
    ['none of it', { lines: [{ productId: bookId, quantity: 0 }] }, 'OUT_OF_RANGE', 'lines'],
    ['a flood', { lines: [{ productId: bookId, quantity: 1001 }] }, 'OUT_OF_RANGE', 'lines'],
    ['what is not sold', { lines: [{ productId: 'prd_x', quantity: 1 }] }, 'NOT_FOUND', 'lines'],
    ['without a request id', { requestId: '' }, 'INVALID', 'requestId'],
    ['with an endless request id', { requestId: 'x'.repeat(101) }, 'INVALID', 'requestId'],
  ])('of %s is refused', async (_what, change, code, field) => {
    const valid = { requestId: 'refused', lines: [{ productId: bookId, quantity: 1 }] };
    const { data, errors } = await place({ ...valid, ...change });
    expect(errors).toBeUndefined();
    expect(data.placeOrder).toEqual({
      order: null,
      userErrors: [{ code, field: ['input', field] }],
    });
  });

  test('needs someone who orders', async () => {
    const { data, errors } = await subgraph.ask({
      query: placeOrder,
      variables: { input: { requestId: 'nobody', lines: [{ productId: bookId, quantity: 1 }] } },
    });
    expect(data).toEqual({ placeOrder: null });
    expect(errors?.[0]?.extensions?.['code']).toBe('UNAUTHENTICATED');
  });
});

describe('cancelling an order', () => {
  const placeNew = async (requestId: string): Promise<string> => {
    const { data } = await place({ requestId, lines: [{ productId: bookId, quantity: 1 }] });
    return data.placeOrder.order.id;
  };

  test('says when and why, and can be done once', async () => {
    const orderId = await placeNew('cancel');
    const { data } = await cancel({ orderId, reason: 'Too late' });
    expect(data.cancelOrder.order).toEqual({
      status: 'CANCELLED',
      history: [
        { status: 'PLACED', reason: null },
        { status: 'CANCELLED', reason: 'Too late' },
      ],
    });
    const again = await cancel({ orderId });
    expect(again.data.cancelOrder.userErrors).toEqual([
      {
        code: 'WRONG_STATUS',
        message: 'An order that is CANCELLED cannot be cancelled.',
        field: ['input', 'orderId'],
      },
    ]);
  });

  test('is done by one of many who try at once', async () => {
    const orderId = await placeNew('race');
    const answers = await Promise.all(Array.from({ length: 10 }, () => cancel({ orderId })));
    expect(answers.filter(({ data }) => data.cancelOrder.order !== null)).toHaveLength(1);
  });

  test('is impossible once the parcel has left', async () => {
    const delivered = await subgraph.ask({
      query: '{ orders(first: 1, status: DELIVERED) { nodes { id } } }',
      identity: support,
    });
    const [{ id: orderId }] = delivered.data.orders.nodes;
    const { data } = await cancel({ orderId }, support);
    expect(data.cancelOrder).toMatchObject({ order: null, userErrors: [{ code: 'WRONG_STATUS' }] });
  });

  test('of somebody else is as impossible as of none', async () => {
    const orderId = await placeNew('foreign');
    const foreign = await cancel({ orderId }, stranger);
    const unknown = await cancel({ orderId: 'ord_nowhere' }, stranger);
    expect(foreign.data.cancelOrder.userErrors[0].code).toBe('NOT_FOUND');
    expect(foreign.data).toEqual(unknown.data);
  });
});

test('asks the database as often for 50 rows as for one', async () => {
  await expectConstantStatements(orders, { identity: support });
}, 60_000);
