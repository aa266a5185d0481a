import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { seedId } from '@trellis/kit/seed-id';
import { seededProduct } from '@trellis/kit/seeded-shop';
import { expectConstantStatements } from '@trellis/kit/statement-slope';
import { startTestSubgraph, type TestSubgraph } from '@trellis/kit/testing';
import { catalog } from './subgraph.ts';
import type { Tables } from './tables.ts';

const physical = seededProduct(0);
const digital = seededProduct(9);

let subgraph: TestSubgraph<Tables>;
beforeAll(async () => {
  subgraph = await startTestSubgraph(catalog);
});
afterAll(() => subgraph.stop());

async function askWell(query: string, variables = {}) {
  const { data, errors } = await subgraph.ask({ query, variables });
  expect(errors).toBeUndefined();
  return data;
}

async function askBadly(query: string, variables = {}) {
  const { errors } = await subgraph.ask({ query, variables });
  expect(errors).toHaveLength(1);
  expect(errors?.[0]?.extensions?.['code']).toBe('BAD_USER_INPUT');
  return errors?.[0]?.message;
}

test('tells the client of a text that no database can hold, instead of failing inside', async () => {
  const sku = `SKU${String.fromCodePoint(0)}1`;
  expect(
    await askBadly('query ($sku: String!) { product(sku: $sku) { name } }', { sku }),
  ).toContain('U+0000');
});

test('asks the database as often for 50 rows as for one', async () => {
  const slopes = await expectConstantStatements(catalog, {
    arguments: { 'Query.search': { text: 'steel or wool or lamp' } },
  });
  expect(slopes.map(({ operation }) => operation)).toEqual([
    'Product by { id }',
    'Product by { sku }',
    'PhysicalProduct by { id }',
    'PhysicalProduct by { sku }',
    'DigitalProduct by { id }',
    'DigitalProduct by { sku }',
    'Variant by { id }',
    'Variant by { productId code }',
    'Category by { id }',
    'Category by { slug }',
    'Query.products',
    'Query.categories',
    'Query.search',
  ]);
}, 120_000);

describe('Query.product', () => {
  test('finds a product of either kind by id and by sku, and nothing for what does not exist', async () => {
    const data = await askWell(
      `query ($id: ID!, $sku: String!) {
        byId: product(id: $id) {
          __typename sku price { amount currency } weightGrams addedAt
          ... on PhysicalProduct { dimensions { widthMillimetres heightMillimetres depthMillimetres } }
        }
        bySku: product(sku: $sku) {
          __typename id weightGrams
          ... on DigitalProduct { downloadUrl downloadMegabytes }
        }
        nothing: product(id: "prd_nothing") { id }
      }`,
      { id: physical.id, sku: digital.sku },
    );
    expect(data.byId).toEqual({
      __typename: 'PhysicalProduct',
      sku: physical.sku,
      price: { amount: physical.priceAmount, currency: 'EUR' },
      weightGrams: physical.weightGrams,
      addedAt: physical.addedAt.toISOString(),
      dimensions: {
        widthMillimetres: expect.any(Number),
        heightMillimetres: expect.any(Number),
        depthMillimetres: expect.any(Number),
      },
    });
    expect(data.bySku).toEqual({
      __typename: 'DigitalProduct',
      id: digital.id,
      weightGrams: null,
      downloadUrl: `https://downloads.example.com/${digital.sku.toLowerCase()}`,
      downloadMegabytes: expect.any(Number),
    });
    expect(data.nothing).toBeNull();
  });

  test('asks for exactly one of id and sku', async () => {
    expect(await askBadly('{ product { id } }')).toMatch(/exactly one of `id` and `sku`/);
    expect(await askBadly('{ product(id: "a", sku: "b") { id } }')).toMatch(/both came/);
  });
});

describe('Query.products', () => {
  test('walks through all products, each once, newest first', async () => {
    const seen: { id: string; addedAt: string }[] = [];
    let after: string | null = null;
    do {
      const { products } = await askWell(
        `query ($after: String) {
          products(first: 100, after: $after) {
            nodes { id addedAt } totalCount pageInfo { hasNextPage hasPreviousPage endCursor }
          }
        }`,
        { after },
      );
      expect(products.totalCount).toBe(2_000);
      expect(products.pageInfo.hasPreviousPage).toBe(after !== null);
      seen.push(...products.nodes);
      after = products.pageInfo.hasNextPage ? products.pageInfo.endCursor : null;
    } while (after !== null);
    expect(new Set(seen.map(({ id }) => id)).size).toBe(2_000);
    const moments = seen.map(({ addedAt }) => addedAt);
    expect(moments).toEqual(moments.toSorted().toReversed());
  });

  test('filters by category and all below it, price and kind', async () => {
    const { products, kitchen } = await askWell(`{
      products(first: 100, filter: { categorySlug: "home", minPrice: 2000, maxPrice: 3000, kind: PHYSICAL }) {
        totalCount
        nodes { __typename price { amount } category { ancestors { slug } } }
      }
      kitchen: category(slug: "kitchen") { products(first: 1) { totalCount } }
    }`);
    expect(products.nodes.length).toBeGreaterThan(10);
    for (const { __typename, price, category } of products.nodes) {
      expect(__typename).toBe('PhysicalProduct');
      expect(price.amount).toBeGreaterThanOrEqual(2_000);
      expect(price.amount).toBeLessThanOrEqual(3_000);
      expect(category.ancestors[0].slug).toBe('home');
    }
    const { byFilter } = await askWell(
      '{ byFilter: products(filter: { categorySlug: "kitchen" }) { totalCount } }',
    );
    expect(byFilter.totalCount).toBe(kitchen.products.totalCount);
  });

  test('finds nothing in a category that does not exist', async () => {
    const { products } = await askWell(
      '{ products(filter: { categorySlug: "nowhere" }) { nodes { id } totalCount pageInfo { hasNextPage endCursor } } }',
    );
    expect(products).toEqual({
      nodes: [],
      totalCount: 0,
      pageInfo: { hasNextPage: false, endCursor: null },
    });
  });

  test('says what is wrong with a page or a filter', async () => {
    expect(await askBadly('{ products(first: 101) { totalCount } }')).toMatch(/at most 100/);
    expect(await askBadly('{ products(first: -1) { totalCount } }')).toMatch(/negative/);
    expect(await askBadly('{ products(after: "nonsense") { totalCount } }')).toMatch(/no cursor/);
    expect(
      await askBadly('{ products(filter: { minPrice: 5, maxPrice: 4 }) { totalCount } }'),
    ).toMatch(/must not be above/);
    const { products } = await askWell('{ products(first: 0) { nodes { id } totalCount } }');
    expect(products).toEqual({ nodes: [], totalCount: 2_000 });
  });
});

describe('the tree of categories', () => {
  test('has three levels; parents, children and ancestors agree', async () => {
    const { categories } = await askWell(`{
      categories { slug parent { slug } ancestors { slug }
        children { slug parent { slug }
          children { slug parent { slug } ancestors { slug } children { slug } } } }
    }`);
    expect(categories).toHaveLength(5);
    let leaves = 0;
    for (const root of categories) {
      expect([root.parent, root.ancestors]).toEqual([null, []]);
      for (const branch of root.children) {
        expect(branch.parent.slug).toBe(root.slug);
        for (const leaf of branch.children) {
          leaves += 1;
          expect(leaf.parent.slug).toBe(branch.slug);
          expect(leaf.ancestors).toEqual([{ slug: root.slug }, { slug: branch.slug }]);
          expect(leaf.children).toEqual([]);
        }
      }
    }
    expect(leaves).toBe(26);
  });

  test('holds every product once, in pages that go on where the last one ended', async () => {
    const { categories } = await askWell(`{
      categories {
        products(first: 3) { totalCount nodes { id } pageInfo { endCursor hasNextPage } }
        children { products(first: 0) { totalCount } }
      }
    }`);
    const totals = categories.map(
      ({ products }: { products: { totalCount: number } }) => products.totalCount,
    );
    expect(totals.reduce((sum: number, count: number) => sum + count)).toBe(2_000);
    const [home] = categories;
    const below = home.children.map(
      ({ products }: { products: { totalCount: number } }) => products.totalCount,
    );
    expect(below.reduce((sum: number, count: number) => sum + count)).toBe(
      home.products.totalCount,
    );

    const { category } = await askWell(
      `query ($after: String!) { category(slug: "home") {
        next: products(first: 3, after: $after) { nodes { id } }
        both: products(first: 6) { nodes { id } }
      } }`,
      { after: home.products.pageInfo.endCursor },
    );
    expect([...home.products.nodes, ...category.next.nodes]).toEqual(category.both.nodes);
  });
});

describe('variants', () => {
  test('come in the order of the shop, the first one without surcharge', async () => {
    const { product } = await askWell(
      `query ($id: ID!) { product(id: $id) {
        sku variants(first: 2) {
          totalCount pageInfo { hasNextPage }
          edges { cursor node { code surcharge { amount currency } product { sku } } }
        } } }`,
      { id: physical.id },
    );
    const [first] = product.variants.edges;
    expect(first.node).toEqual({
      code: 'black',
      surcharge: { amount: 0, currency: 'EUR' },
      product: { sku: product.sku },
    });
    expect(product.variants.totalCount).toBeGreaterThanOrEqual(product.variants.edges.length);
  });
});

describe('_entities', () => {
  const query = `query ($representations: [_Any!]!) {
    _entities(representations: $representations) {
      __typename
      ... on Product { sku }
      ... on Variant { code product { sku } }
      ... on Category { slug }
    }
  }`;

  test('finds products through the interface and through their kinds, with their kinds', async () => {
    const { _entities } = await askWell(query, {
      representations: [
        { __typename: 'Product', id: digital.id },
        { __typename: 'Product', sku: physical.sku },
        { __typename: 'PhysicalProduct', id: physical.id },
        { __typename: 'PhysicalProduct', sku: physical.sku },
        { __typename: 'DigitalProduct', id: digital.id },
        { __typename: 'DigitalProduct', sku: digital.sku },
      ],
    });
    const physicalAnswer = { __typename: 'PhysicalProduct', sku: physical.sku };
    const digitalAnswer = { __typename: 'DigitalProduct', sku: digital.sku };
    expect(_entities).toEqual([
      digitalAnswer,
      physicalAnswer,
      physicalAnswer,
      physicalAnswer,
      digitalAnswer,
      digitalAnswer,
    ]);
  });

  test('answers null for what does not exist and for a product of another kind', async () => {
    const { _entities } = await askWell(query, {
      representations: [
        { __typename: 'Product', id: 'prd_nothing' },
        { __typename: 'PhysicalProduct', id: digital.id },
        { __typename: 'DigitalProduct', sku: physical.sku },
        { __typename: 'Variant', productId: physical.id, code: 'no-such-code' },
        { __typename: 'Category', slug: 'nowhere' },
      ],
    });
    expect(_entities).toEqual([null, null, null, null, null]);
  });

  test('finds variants and categories by each of their keys', async () => {
    const { _entities } = await askWell(query, {
      representations: [
        { __typename: 'Variant', id: seedId('variant', 0) },
        { __typename: 'Variant', productId: physical.id, code: 'black' },
        { __typename: 'Category', id: seedId('category', 0) },
        { __typename: 'Category', slug: 'kitchen' },
      ],
    });
    const variant = { __typename: 'Variant', code: 'black', product: { sku: physical.sku } };
    expect(_entities).toEqual([
      variant,
      variant,
      { __typename: 'Category', slug: 'home' },
      { __typename: 'Category', slug: 'kitchen' },
    ]);
  });
});
