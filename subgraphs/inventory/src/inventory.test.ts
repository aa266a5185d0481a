import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { seedId } from '@trellis/kit/seed-id';
import { seededProduct, seededWarehouses } from '@trellis/kit/seeded-shop';
import { expectConstantStatements } from '@trellis/kit/statement-slope';
import { startTestSubgraph, testUser, type TestSubgraph } from '@trellis/kit/testing';
import { inventory } from './subgraph.ts';
import type { Tables } from './tables.ts';

const clerk = testUser(seedId('user', 3), 'WAREHOUSE');
const customer = testUser(seedId('user', 7), 'CUSTOMER');

let subgraph: TestSubgraph<Tables>;
beforeAll(async () => {
  subgraph = await startTestSubgraph(inventory);
});
afterAll(() => subgraph.stop());

async function askWell(query: string, variables = {}) {
  const { data, errors } = await subgraph.ask({ query, variables, identity: clerk });
  expect(errors).toBeUndefined();
  return data;
}

test('asks the database as often for 50 rows as for one', async () => {
  const slopes = await expectConstantStatements(inventory);
  expect(slopes.map(({ operation }) => operation)).toEqual([
    'Product by { id }',
    'Warehouse by { id }',
    'Warehouse by { code }',
    'StockLevel by { id }',
    'StockLevel by { productId warehouseId }',
    'Query.warehouses',
    'Query.lowStock',
  ]);
}, 120_000);

describe('warehouses', () => {
  test('are five, found by id, by code and by region', async () => {
    const [first] = seededWarehouses;
    const data = await askWell(
      `query ($id: ID!) {
        all: warehouses { code }
        central: warehouses(region: EU_CENTRAL) { id name region }
        byId: warehouse(id: $id) { code }
        byCode: warehouse(code: "SIN1") { id region }
        none: warehouse(code: "NIL0") { id }
      }`,
      { id: first?.id },
    );
    expect(data.all.map(({ code }: { code: string }) => code)).toEqual(
      seededWarehouses.map(({ code }) => code).toSorted(),
    );
    expect(data.central).toEqual([{ id: first?.id, name: first?.name, region: 'EU_CENTRAL' }]);
    expect(data.byId).toEqual({ code: first?.code });
    expect(data.byCode).toEqual({ id: seedId('warehouse', 4), region: 'APAC' });
    expect(data.none).toBeNull();
  });

  test('are asked for by exactly one of id and code', async () => {
    const { errors } = await subgraph.ask('{ warehouse { id } }');
    expect(errors?.[0]?.message).toMatch(/exactly one of `id` and `code`/);
    expect(errors?.[0]?.extensions?.['code']).toBe('BAD_USER_INPUT');
  });

  test('show what lies in them in pages, each stock level once', async () => {
    const seen = new Set<string>();
    let after: string | null = null;
    let total = 0;
    do {
      const { warehouse } = await askWell(
        `query ($after: String) { warehouse(code: "FRA1") { stockLevels(first: 100, after: $after) {
          nodes { id warehouse { code } } totalCount pageInfo { hasNextPage endCursor }
        } } }`,
        { after },
      );
      const { nodes, totalCount, pageInfo } = warehouse.stockLevels;
      total = totalCount;
      for (const { id, warehouse: place } of nodes) {
        expect(place.code).toBe('FRA1');
        seen.add(id);
      }
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    } while (after !== null);
    expect(total).toBeGreaterThan(500);
    expect(seen.size).toBe(total);
  });
});

describe('Query.lowStock', () => {
  const query = `query ($threshold: Int, $first: Int, $after: String) {
    lowStock(threshold: $threshold, first: $first, after: $after) {
      nodes { id available onHand reserved } totalCount pageInfo { hasNextPage endCursor }
    } }`;

  test('lists what is about to run out, scarcest first, across pages', async () => {
    const { lowStock: whole } = await askWell(query, { threshold: 3, first: 100 });
    expect(whole.totalCount).toBeGreaterThan(100);
    const figures = whole.nodes.map(({ available }: { available: number }) => available);
    expect(figures).toEqual(figures.toSorted((left: number, right: number) => left - right));
    for (const { available, onHand, reserved } of whole.nodes) {
      expect(available).toBe(onHand - reserved);
      expect(available).toBeLessThanOrEqual(3);
    }
    const { lowStock: half } = await askWell(query, { threshold: 3, first: 50 });
    const { lowStock: rest } = await askWell(query, {
      threshold: 3,
      first: 50,
      after: half.pageInfo.endCursor,
    });
    expect([...half.nodes, ...rest.nodes]).toEqual(whole.nodes);
  });

  test('is for staff', async () => {
    const { errors } = await subgraph.ask({ query, identity: customer });
    expect(errors?.[0]?.extensions?.['code']).toBe('FORBIDDEN');
  });
});

describe('_entities', () => {
  test('finds warehouses and stock levels by each of their keys, null for the missing', async () => {
    const { lowStock } = await askWell(
      '{ lowStock(first: 1) { nodes { id productId warehouseId } } }',
    );
    const [{ id, productId, warehouseId }] = lowStock.nodes;
    const { _entities } = await askWell(
      `query ($representations: [_Any!]!) { _entities(representations: $representations) {
        ... on Warehouse { code } ... on StockLevel { id product { id } } } }`,
      {
        representations: [
          { __typename: 'Warehouse', id: seedId('warehouse', 0) },
          { __typename: 'Warehouse', code: 'SIN1' },
          { __typename: 'StockLevel', id },
          { __typename: 'StockLevel', productId, warehouseId },
          { __typename: 'StockLevel', productId, warehouseId: 'whs_nowhere' },
        ],
      },
    );
    const stockLevel = { id, product: { id: productId } };
    expect(_entities).toEqual([{ code: 'FRA1' }, { code: 'SIN1' }, stockLevel, stockLevel, null]);
  });

  const products = `query ($representations: [_Any!]!) { _entities(representations: $representations) {
    ... on Product { id inStock availableQuantity stockLevels { available warehouse { code } }
      shippingEstimate { amount currency } } } }`;

  test('says of products of all kinds whether they can be sold and what sending costs', async () => {
    const { id, weightGrams } = seededProduct(0);
    const digital = seededProduct(9);
    const price = { amount: 500, currency: 'EUR' };
    const { _entities } = await askWell(products, {
      representations: [
        { __typename: 'Product', id, price, weightGrams },
        { __typename: 'Product', id: digital.id, price, weightGrams: null },
        { __typename: 'Product', id: 'prd_nothing', price, weightGrams: 10 },
      ],
    });
    const [parcel, download, nothing] = _entities;
    const available = parcel.stockLevels.map((level: { available: number }) => level.available);
    expect(parcel.availableQuantity).toBe(
      available.reduce((sum: number, count: number) => sum + count, 0),
    );
    expect(parcel.inStock).toBe(parcel.availableQuantity > 0);
    expect(parcel.shippingEstimate.amount).toBeGreaterThan(0);
    const codes = parcel.stockLevels.map(
      (level: { warehouse: { code: string } }) => level.warehouse.code,
    );
    expect(codes).toEqual(codes.toSorted());
    expect(download).toMatchObject({ inStock: true, availableQuantity: 0, shippingEstimate: null });
    expect(nothing).toMatchObject({ inStock: false, availableQuantity: 0, stockLevels: [] });
  });

  test('says what is missing when a reference comes without what a field requires', async () => {
    const { data, errors } = await subgraph.ask({
      query: products,
      variables: { representations: [{ __typename: 'Product', id: seedId('product', 0) }] },
    });
    expect(data._entities[0].shippingEstimate).toBeNull();
    expect(errors?.[0]?.message).toMatch(/lacks the price and weight it requires/);
  });
});

test('some products are sold out everywhere, most are not', async () => {
  const representations = Array.from({ length: 100 }, (_, index) => seededProduct(index))
    .filter(({ kind }) => kind === 'PHYSICAL')
    .map(({ id, weightGrams }) => ({ __typename: 'Product', id, weightGrams }));
  const { _entities } = await askWell(
    'query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Product { inStock } } }',
    { representations },
  );
  const soldOut = _entities.filter(({ inStock }: { inStock: boolean }) => !inStock).length;
  expect(soldOut).toBeGreaterThan(0);
  expect(soldOut).toBeLessThan(30);
});
