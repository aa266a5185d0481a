import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { seedId } from '@trellis/kit/seed-id';
import { startTestSubgraph, testUser, type TestSubgraph } from '@trellis/kit/testing';
import { catalog } from './subgraph.ts';
import type { Tables } from './tables.ts';

const admin = testUser(seedId('user', 0), 'ADMIN');
const support = testUser(seedId('user', 1), 'SUPPORT');
const productId = seedId('product', 4);

let subgraph: TestSubgraph<Tables>;
beforeAll(async () => {
  subgraph = await startTestSubgraph(catalog);
});
afterAll(() => subgraph.stop());

const changePrice = `mutation ($productId: ID!, $amount: Int!) {
  changePrice(input: { productId: $productId, amount: $amount }) {
    product { price { amount currency } }
    userErrors { code field message }
  }
}`;
const renameProduct = `mutation ($productId: ID!, $name: String!) {
  renameProduct(input: { productId: $productId, name: $name }) {
    product { name }
    userErrors { code field message }
  }
}`;

async function mutate(query: string, variables: Readonly<Record<string, unknown>>) {
  const { data, errors } = await subgraph.ask({ query, variables, identity: admin });
  expect(errors).toBeUndefined();
  return data.changePrice ?? data.renameProduct;
}

describe('changePrice', () => {
  test('changes the price, and later queries see it', async () => {
    expect(await mutate(changePrice, { productId, amount: 4_242 })).toEqual({
      product: { price: { amount: 4_242, currency: 'EUR' } },
      userErrors: [],
    });
    const { data } = await subgraph.ask(`{ product(id: "${productId}") { price { amount } } }`);
    expect(data.product.price.amount).toBe(4_242);
  });

  test('takes two changes in one request one after the other', async () => {
    const { data } = await subgraph.ask({
      query: `mutation ($productId: ID!) {
        first: changePrice(input: { productId: $productId, amount: 1 }) { ...price }
        second: changePrice(input: { productId: $productId, amount: 2 }) { ...price }
      }
      fragment price on ChangePricePayload {
        product { price { amount } variants(first: 1) { nodes { product { price { amount } } } } }
      }`,
      variables: { productId },
      identity: admin,
    });
    for (const [name, amount] of [
      ['first', 1],
      ['second', 2],
    ] as const) {
      const { price, variants } = data[name].product;
      expect([price.amount, variants.nodes[0].product.price.amount]).toEqual([amount, amount]);
    }
  });

  test('refuses what cannot be with a user error that says where', async () => {
    expect(await mutate(changePrice, { productId, amount: -1 })).toEqual({
      product: null,
      userErrors: [
        {
          code: 'OUT_OF_RANGE',
          field: ['input', 'amount'],
          message: 'A price cannot be negative, but -1 came.',
        },
      ],
    });
    const { userErrors } = await mutate(changePrice, { productId: 'prd_nothing', amount: 1 });
    expect(userErrors).toMatchObject([{ code: 'NOT_FOUND', field: ['input', 'productId'] }]);
  });
});

describe('renameProduct', () => {
  test('changes the name without the blanks around it, and search finds it', async () => {
    const { product } = await mutate(renameProduct, { productId, name: '  Zebrawood Abacus ' });
    expect(product.name).toBe('Zebrawood Abacus');
    const { data } = await subgraph.ask(
      '{ search(text: "zebrawood") { nodes { ... on Product { id } } } }',
    );
    expect(data.search.nodes).toEqual([{ id: productId }]);
  });

  test('refuses empty and endless names, and products that do not exist', async () => {
    const codes = [];
    for (const variables of [
      { productId, name: ' ' },
      { productId, name: 'a'.repeat(201) },
      { productId: 'prd_nothing', name: 'Nothing' },
    ]) {
      const { product, userErrors } = await mutate(renameProduct, variables);
      expect(product).toBeNull();
      codes.push(...userErrors.map(({ code }: { code: string }) => code));
    }
    expect(codes).toEqual(['EMPTY', 'TOO_LONG', 'NOT_FOUND']);
  });
});

test('only administrators change the catalog', async () => {
  const variables = { productId, amount: 1 };
  const anonymousAnswer = await subgraph.ask({ query: changePrice, variables });
  expect(anonymousAnswer.errors?.[0]?.extensions?.['code']).toBe('UNAUTHENTICATED');
  const supportAnswer = await subgraph.ask({ query: changePrice, variables, identity: support });
  expect(supportAnswer.errors?.[0]?.extensions?.['code']).toBe('FORBIDDEN');
});
