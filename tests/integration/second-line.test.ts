import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { seededOrder } from '@trellis/kit/seeded-shop';
import { startTestSubgraph, testUser, type TestSubgraph } from '@trellis/kit/testing';
import { orders } from '@trellis/orders/subgraph';

/** Every way to an order that its service has: by its keys, as an entity, and through its customer. */
const ways: readonly (readonly [name: string, query: string])[] = [
  ['by its id', '{ order(id: "$ID") { ...F } }'],
  ['by its number', '{ order(number: "$NUMBER") { ...F } }'],
  [
    'as an entity',
    '{ _entities(representations: [{ __typename: "Order", id: "$ID" }]) { ... on Order { ...F } } }',
  ],
  [
    'as an entity by its number',
    '{ _entities(representations: [{ __typename: "Order", number: "$NUMBER" }]) { ... on Order { ...F } } }',
  ],
  [
    'through its customer',
    '{ _entities(representations: [{ __typename: "User", id: "$CUSTOMER" }]) { ... on User { orders(first: 50) { nodes { ...F } } } } }',
  ],
  ['in the list of all', '{ orders(first: 50) { nodes { ...F } } }'],
];

const fields = `fragment F on Order {
  placedAt total { amount } customer { id } lines { unitPrice { amount } } history { status }
}`;

describe('the orders service, called directly with a signed identity', () => {
  const order = seededOrder(0);
  let subgraph: TestSubgraph<never>;

  beforeAll(async () => {
    subgraph = (await startTestSubgraph(orders)) as unknown as TestSubgraph<never>;
  }, 60_000);
  afterAll(() => subgraph.stop());

  const write = (query: string): string =>
    `${query
      .replace('$ID', order.id)
      .replace('$NUMBER', order.number)
      .replace('$CUSTOMER', order.customerId)} ${fields}`;

  test.each(ways)('shows nobody the order of another customer %s', async (name, query) => {
    const stranger = await subgraph.ask({
      query: write(query),
      identity: testUser('usr_stranger'),
    });
    expect(JSON.stringify(stranger.data ?? null)).not.toMatch(/amount|placedAt|status|"customer"/);
    const nobody = await subgraph.ask(write(query));
    expect(JSON.stringify(nobody.data ?? null)).not.toMatch(/amount|placedAt|status|"customer"/);
    if (name === 'in the list of all') return;
    const owner = await subgraph.ask({ query: write(query), identity: testUser(order.customerId) });
    expect(JSON.stringify(owner.data)).toContain('"amount"');
  });

  test('is not called at all without one', async () => {
    const response = await fetch(subgraph.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: write('{ order(id: "$ID") { ...F } }') }),
    });
    expect(response.status).toBe(401);
    expect(await response.text()).not.toContain('amount');
  });
});
