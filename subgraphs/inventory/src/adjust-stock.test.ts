import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { seedId } from '@trellis/kit/seed-id';
import { startTestSubgraph, testUser, type TestSubgraph } from '@trellis/kit/testing';
import fc from 'fast-check';
import { inventory } from './subgraph.ts';
import type { Tables } from './tables.ts';

const clerk = testUser(seedId('user', 3), 'WAREHOUSE');

let subgraph: TestSubgraph<Tables>;
beforeAll(async () => {
  subgraph = await startTestSubgraph(inventory, { seeds: false });
  const { pool } = subgraph.database;
  await pool.query(`
    insert into warehouses values ('whs_a', 'AAA1', 'Here', 'APAC'), ('whs_b', 'BBB1', 'There', 'APAC');
    insert into known_products values ('prd_a'), ('prd_b'), ('prd_c');
    insert into stock_levels (id, product_id, warehouse_id, on_hand, reserved) values
      ('stk_a', 'prd_a', 'whs_a', 50, 10), ('stk_b', 'prd_b', 'whs_a', 60, 20)`);
});
afterAll(() => subgraph.stop());

async function adjust(input: Readonly<Record<string, unknown>>) {
  const { data, errors } = await subgraph.ask({
    query: `mutation ($input: AdjustStockInput!) { adjustStock(input: $input) {
      stockLevel { onHand reserved available changedAt } userErrors { code field } } }`,
    variables: {
      input: { productId: 'prd_a', warehouseId: 'whs_a', change: 1, reason: 'counted', ...input },
    },
    identity: clerk,
  });
  expect(errors).toBeUndefined();
  return data.adjustStock;
}

async function bookings(stockLevelId: string) {
  const { rows } = await subgraph.database.pool.query(
    'select change, reason, adjusted_by from stock_adjustments where stock_level_id = $1 order by id',
    [stockLevelId],
  );
  return rows;
}

describe('adjustStock', () => {
  test('adds, takes away, and writes down who and why', async () => {
    const before = Date.now();
    const { stockLevel, userErrors } = await adjust({ change: 5, reason: ' delivery 17 ' });
    expect(userErrors).toEqual([]);
    expect(stockLevel).toMatchObject({ onHand: 55, reserved: 10, available: 45 });
    expect(Date.parse(stockLevel.changedAt)).toBeGreaterThan(before - 60_000);
    expect((await adjust({ change: -5, reason: 'broken' })).stockLevel.onHand).toBe(50);
    expect(await bookings('stk_a')).toEqual([
      { change: 5, reason: 'delivery 17', adjusted_by: clerk.subject },
      { change: -5, reason: 'broken', adjusted_by: clerk.subject },
    ]);
  });

  test('never takes what is reserved, and leaves no booking of what it refused', async () => {
    const booked = (await bookings('stk_a')).length;
    expect(await adjust({ change: -41 })).toEqual({
      stockLevel: null,
      userErrors: [{ code: 'INSUFFICIENT_STOCK', field: ['input', 'change'] }],
    });
    expect(await bookings('stk_a')).toHaveLength(booked);
    expect((await adjust({ change: -40 })).stockLevel.available).toBe(0);
    expect((await adjust({ change: 40 })).stockLevel.available).toBe(40);
  });

  test('puts a known product into a warehouse where it never lay, but takes none from there', async () => {
    expect(
      (await adjust({ productId: 'prd_c', warehouseId: 'whs_b', change: -1 })).userErrors,
    ).toEqual([{ code: 'INSUFFICIENT_STOCK', field: ['input', 'change'] }]);
    const answers = await Promise.all(
      [3, 4].map((change) => adjust({ productId: 'prd_c', warehouseId: 'whs_b', change })),
    );
    const highest = Math.max(...answers.map(({ stockLevel }) => stockLevel.onHand));
    expect(highest).toBe(7);
  });

  test.each([
    [{ change: 0 }, ['OUT_OF_RANGE change']],
    [{ change: 1_000_001 }, ['OUT_OF_RANGE change']],
    [{ reason: '  ' }, ['EMPTY reason']],
    [{ reason: 'a'.repeat(501), change: 0 }, ['OUT_OF_RANGE change', 'TOO_LONG reason']],
    [{ productId: 'prd_nothing' }, ['NOT_FOUND productId']],
    [{ warehouseId: 'whs_nowhere' }, ['NOT_FOUND warehouseId']],
  ])('refuses %j with %j', async (input, expected) => {
    const { stockLevel, userErrors } = await adjust(input);
    expect(stockLevel).toBeNull();
    const found = userErrors.map(
      ({ code, field }: { code: string; field: string[] }) => `${code} ${field[1]}`,
    );
    expect(found).toEqual(expected);
  });

  test('keeps count of any bookings in any order, as simple arithmetic does', async () => {
    const changes = fc.array(fc.integer({ min: -60, max: 60 }), { maxLength: 12 });
    const reserved = 10;
    let onHand = (await adjust({ change: 1 })).stockLevel.onHand;
    await fc.assert(
      fc.asyncProperty(changes, async (sequence) => {
        for (const change of sequence.filter((each) => each !== 0)) {
          const { stockLevel } = await adjust({ change });
          const isPossible = onHand + change >= reserved;
          if (isPossible) onHand += change;
          expect(stockLevel?.onHand ?? null).toBe(isPossible ? onHand : null);
        }
      }),
      { numRuns: 20 },
    );
  });

  test('holds when a hundred book at once: each is refused or counted, none is lost', async () => {
    const changes = Array.from({ length: 100 }, (_, index) => (index % 4 === 0 ? 1 : -1));
    const answers = await Promise.all(
      changes.map((change) => adjust({ productId: 'prd_b', change })),
    );
    const counted = changes.filter((_, index) => answers[index].userErrors.length === 0);
    const refused = answers.filter(({ userErrors }) => userErrors.length > 0);
    // 40 can be taken, 25 come: of 75 who take at least ten are too late.
    expect(refused.length).toBeGreaterThanOrEqual(10);
    for (const { userErrors } of refused) {
      expect(userErrors).toEqual([{ code: 'INSUFFICIENT_STOCK', field: ['input', 'change'] }]);
    }
    const { rows } = await subgraph.database.pool.query(
      `select on_hand, reserved from stock_levels where id = 'stk_b'`,
    );
    expect(rows).toEqual([
      { on_hand: 60 + counted.reduce((sum, change) => sum + change, 0), reserved: 20 },
    ]);
    expect(rows[0].on_hand).toBeGreaterThanOrEqual(20);
    const ascending = (left: number, right: number) => left - right;
    const booked = (await bookings('stk_b')).map(({ change }) => change);
    expect(booked.toSorted(ascending)).toEqual(counted.toSorted(ascending));
  });

  test('is for administrators and warehouse staff', async () => {
    const query =
      'mutation { adjustStock(input: { productId: "prd_a", warehouseId: "whs_a", change: 1, reason: "x" }) { userErrors { code } } }';
    const codes = [];
    for (const identity of [
      undefined,
      testUser('usr_x', 'CUSTOMER'),
      testUser('usr_x', 'SUPPORT'),
    ]) {
      const { errors } = await subgraph.ask({ query, ...(identity ? { identity } : {}) });
      codes.push(errors?.[0]?.extensions?.['code']);
    }
    expect(codes).toEqual(['UNAUTHENTICATED', 'FORBIDDEN', 'FORBIDDEN']);
  });
});
