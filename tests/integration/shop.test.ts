import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { signDevelopmentToken } from '@trellis/gateway/development-tokens';
import { seedId } from '@trellis/kit/seed-id';
import { seededPerson } from '@trellis/kit/seeded-people';
import { seededOrder, seededProduct, seededUser } from '@trellis/kit/seeded-shop';
import { makeWireKey } from '@trellis/platform/wire-keys';
import { isAlive, startPlatform, type Platform } from '../harness/start-platform.ts';

/** What a shop window asks: one product, across five services. */
const shopWindow = `query ($id: ID!) {
  product(id: $id) {
    __typename
    name
    price { amount currency }
    inStock
    shippingEstimate { amount currency }
    soldQuantity
    averageRating
    reviewCount
    reviews(first: 3) { totalCount nodes { rating author { username name } product { sku } } }
  }
}`;

describe('the platform', () => {
  let platform: Platform;
  beforeAll(async () => {
    platform = await startPlatform();
  }, 240_000);
  afterAll(async () => {
    await platform.stop();
  }, 60_000);

  test('answers one query from five services rightly', async () => {
    const seeded = seededProduct(0);
    const { status, data, errors } = await platform.ask({
      query: shopWindow,
      variables: { id: seeded.id },
    });
    expect(errors).toBeUndefined();
    expect(status).toBe(200);
    const { product } = data;
    expect(product).toMatchObject({
      __typename: 'PhysicalProduct',
      price: { amount: seeded.priceAmount, currency: 'EUR' },
      inStock: expect.any(Boolean),
      soldQuantity: countSold(seeded.id),
    });
    expect(product.reviews.totalCount).toBe(product.reviewCount);
    for (const review of product.reviews.nodes) {
      expect(review.product.sku).toBe(seeded.sku);
      expect(review.author.name).toBe(nameOf(review.author.username));
    }
  });

  test('answers lists with their rows in order, whatever service knows the fields', async () => {
    const { data, errors } = await platform.ask(`{
      products(first: 50) { nodes { id sku price { amount } weightGrams inStock } totalCount }
    }`);
    expect(errors).toBeUndefined();
    expect(data.products.totalCount).toBe(2_000);
    expect(data.products.nodes).toHaveLength(50);
    for (const node of data.products.nodes) {
      const index = Number(node.sku.slice(4)) - 1;
      const seeded = seededProduct(index);
      expect(node).toMatchObject({
        id: seeded.id,
        price: { amount: seeded.priceAmount },
        weightGrams: seeded.weightGrams,
      });
    }
  });

  test('keeps staff lists and the business of others from anonymous callers', async () => {
    const { data, errors } = await platform.ask(
      `{ orders(first: 1) { totalCount } categories { slug } }`,
    );
    expect(data.orders).toBeNull();
    expect(data.categories.length).toBeGreaterThan(0);
    expect(errors).toMatchObject([{ path: ['orders'], extensions: { code: 'UNAUTHENTICATED' } }]);
  });

  const fieldsOf: Readonly<Record<string, { readonly lost: string; readonly path: string[] }>> = {
    reviews: { lost: 'averageRating', path: ['product'] },
    orders: { lost: 'soldQuantity', path: ['product'] },
    inventory: { lost: 'inStock', path: ['product'] },
    payments: { lost: '', path: [] },
    shipping: { lost: '', path: [] },
    accounts: { lost: '', path: [] },
  };

  // One after another and without a restart: at the end only catalog is left.
  test.each(Object.keys(fieldsOf))(
    'keeps answering for the others when %s is killed',
    async (name) => {
      const expected = fieldsOf[name] ?? { lost: '', path: [] };
      await platform.kill(name);
      const query = `{
      product(id: "${seedId('product', 0)}") { name price { amount } ${expected.lost} }
      ${name === 'accounts' ? `user(id: "${seedId('user', 1)}") { name }` : ''}
      ${name === 'payments' ? `payment(id: "${seedId('payment', 1)}") { id }` : ''}
      ${name === 'shipping' ? `shipment(id: "${seedId('shipment', 1)}") { id }` : ''}
    }`;
      const { status, data, errors } = await platform.ask(query);
      expect(status).toBe(200);
      expect(data.product).toMatchObject({ price: { amount: seededProduct(0).priceAmount } });
      if (expected.lost !== '') {
        expect(data.product[expected.lost]).toBeNull();
      }
      expect(errors?.length).toBeGreaterThan(0);
      expect(errors?.[0]?.extensions?.code).toBe('SUBGRAPH_UNAVAILABLE');
      expect(errors?.[0]?.path).toBeDefined();
      expect(JSON.stringify(errors)).not.toMatch(/127\.0\.0\.1|ECONN|localhost/);
    },
  );
});

describe('the platform whose database is killed', () => {
  const secret = 'a wire secret for the loss of a database';
  const before = process.env['TRELLIS_WIRE_SECRET'];
  let platform: Platform;
  let isStopped = false;
  beforeAll(async () => {
    process.env['TRELLIS_WIRE_SECRET'] = secret;
    platform = await startPlatform();
  }, 240_000);
  afterAll(async () => {
    if (before === undefined) delete process.env['TRELLIS_WIRE_SECRET'];
    else process.env['TRELLIS_WIRE_SECRET'] = before;
    if (!isStopped) await platform.stop();
  }, 60_000);

  const addReview = `mutation ($id: ID!) {
    addReview(input: { productId: $id, rating: 4, title: "good", body: "as it should be" }) { review { id } userErrors { code } }
  }`;

  test('heals by itself and has every write that was acknowledged', async () => {
    const subject = seededUser(11).id;
    const token = await signDevelopmentToken(makeWireKey(secret), { subject, roles: ['CUSTOMER'] });
    const headers = { authorization: `Bearer ${token}` };
    const acknowledged: string[] = [];
    const codes = new Set<unknown>();
    const write = async (product: number): Promise<boolean> => {
      const variables = { id: seedId('product', product) };
      const { data, errors } = await platform.ask({ query: addReview, variables, headers });
      const id: unknown = data?.addReview?.review?.id;
      if (typeof id === 'string') acknowledged.push(id);
      for (const { extensions } of errors ?? []) codes.add(extensions?.code);
      return typeof id === 'string';
    };
    let next = 100;
    while (acknowledged.length < 20) await write(next++);
    let isKilled = false;
    const killing = platform.killDatabase().then(() => (isKilled = true));
    // Writers go on while it is away: until one is lost, or one that began after the end of it is not.
    for (let wasKilled = false; (await write(next++)) && !wasKilled;) wasKilled = isKilled;
    await killing;
    const endMs = performance.now() + 60_000;
    while (!(await write(next++))) expect(performance.now()).toBeLessThan(endMs);
    // Whoever says what is wrong says it in these words: no fault inside, nothing of a database.
    expect([...codes].filter((code) => !passingCodes.has(code))).toEqual([]);
    for (const id of acknowledged) {
      const { data } = await platform.ask(`{ review(id: "${id}") { id } }`);
      expect(data).toEqual({ review: { id } });
    }
    const all = await platform.ask({ query: shopWindow, variables: { id: seededProduct(0).id } });
    expect(all.errors).toBeUndefined();
    expect(all.data.product.soldQuantity).toBe(countSold(seededProduct(0).id));
  }, 120_000);

  test('stops with Ctrl-C and leaves no process behind', async () => {
    const started = platform.processes();
    expect(started.length).toBeGreaterThanOrEqual(8);
    isStopped = true;
    expect(await platform.stop()).toBe(0);
    expect(started.filter(isAlive)).toEqual([]);
    await expect(platform.killDatabase()).rejects.toThrow();
  }, 60_000);
});

/** What a store that is away may be called, and what follows when it is slow to answer. */
const passingCodes = new Set<unknown>([
  'TEMPORARILY_UNAVAILABLE',
  'SUBGRAPH_UNAVAILABLE',
  'SUBGRAPH_TIMEOUT',
  'DEADLINE_EXCEEDED',
]);

function countSold(productId: string): number {
  let sold = 0;
  for (let index = 0; index < 10_000; index += 1) {
    const order = seededOrder(index);
    if (order.status === 'CANCELLED') continue;
    for (const line of order.lines) if (line.productId === productId) sold += line.quantity;
  }
  return sold;
}

function nameOf(username: string): string | undefined {
  for (let index = 0; index < 1_000; index += 1) {
    const person = seededPerson(index);
    if (person.username === username) return person.name;
  }
  return undefined;
}
