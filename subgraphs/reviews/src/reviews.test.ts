import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { seedId } from '@trellis/kit/seed-id';
import { seededPerson } from '@trellis/kit/seeded-people';
import { expectConstantStatements } from '@trellis/kit/statement-slope';
import { startTestSubgraph, type TestSubgraph } from '@trellis/kit/testing';
import { reviews } from './subgraph.ts';
import type { Tables } from './tables.ts';

const popular = seedId('product', 0);

let subgraph: TestSubgraph<Tables>;
beforeAll(async () => {
  subgraph = await startTestSubgraph(reviews);
});
afterAll(() => subgraph.stop());

async function askWell(query: string, variables = {}) {
  const { data, errors } = await subgraph.ask({ query, variables });
  expect(errors).toBeUndefined();
  return data;
}

async function askProduct(selection: string, id = popular) {
  const { _entities } = await askWell(
    `query ($id: ID!) { _entities(representations: [{ __typename: "Product", id: $id }]) {
      ... on Product { ${selection} } } }`,
    { id },
  );
  return _entities[0];
}

async function askSql(statement: string, values: readonly unknown[]) {
  return (await subgraph.database.pool.query(statement, [...values])).rows;
}

test('asks the database as often for 50 rows as for one', async () => {
  const slopes = await expectConstantStatements(reviews);
  expect(slopes.map(({ operation }) => operation)).toEqual([
    'Review by { id }',
    'Product by { id }',
    'User by { id }',
    'Query.recentReviews',
  ]);
}, 120_000);

describe('Query', () => {
  test('finds a review, and says under which name its author wrote it', async () => {
    const [row] = await askSql('select * from reviews where id = $1', [seedId('review', 17)]);
    const data = await askWell(
      `query ($id: ID!) {
        review(id: $id) { rating title body writtenAt author { id username } product { id } }
        nothing: review(id: "rev_nothing") { id }
      }`,
      { id: row.id },
    );
    expect(data).toEqual({
      review: {
        rating: row.rating,
        title: row.title,
        body: row.body,
        writtenAt: row.written_at.toISOString(),
        author: { id: row.author_id, username: row.author_username },
        product: { id: row.product_id },
      },
      nothing: null,
    });
  });

  test('walks through the newest reviews with at least a rating', async () => {
    const query = `query ($first: Int, $after: String, $minRating: Int) {
      recentReviews(first: $first, after: $after, minRating: $minRating) {
        nodes { id rating writtenAt } totalCount pageInfo { hasNextPage hasPreviousPage endCursor }
      } }`;
    const { recentReviews: whole } = await askWell(query, { first: 100, minRating: 5 });
    expect(whole.nodes).toHaveLength(100);
    const moments = whole.nodes.map(({ writtenAt }: { writtenAt: string }) => writtenAt);
    expect(moments).toEqual(moments.toSorted().toReversed());
    expect(whole.nodes.every(({ rating }: { rating: number }) => rating === 5)).toBe(true);
    const { recentReviews: half } = await askWell(query, { first: 50, minRating: 5 });
    const { recentReviews: rest } = await askWell(query, {
      first: 50,
      minRating: 5,
      after: half.pageInfo.endCursor,
    });
    expect([...half.nodes, ...rest.nodes]).toEqual(whole.nodes);
    expect([half.pageInfo.hasPreviousPage, rest.pageInfo.hasPreviousPage]).toEqual([false, true]);
    const { recentReviews: all } = await askWell(query, { first: 0 });
    expect([all.totalCount, all.nodes]).toEqual([20_000, []]);
  });
});

describe('Product', () => {
  test('has a count and an average that agree with its reviews', async () => {
    const [expected] = await askSql(
      'select count(*) as count, avg(rating)::float8 as average from reviews where product_id = $1',
      [popular],
    );
    const product = await askProduct('reviewCount averageRating reviews { totalCount }');
    expect(expected.count).toBeGreaterThan(400);
    expect(product).toEqual({
      reviewCount: expected.count,
      averageRating: expected.average,
      reviews: { totalCount: expected.count },
    });
  });

  test('without reviews has no average', async () => {
    const [unreviewed] = await askSql(
      'select id from known_products where id not in (select product_id from reviews) order by id limit $1',
      [1],
    );
    expect(
      await askProduct(
        'reviewCount averageRating reviews { nodes { id } totalCount }',
        unreviewed.id,
      ),
    ).toEqual({ reviewCount: 0, averageRating: null, reviews: { nodes: [], totalCount: 0 } });
  });

  test.each([
    ['NEWEST', 'written_at desc, id desc'],
    ['BEST', 'rating desc, id desc'],
    ['WORST', 'rating asc, id asc'],
  ])('shows its reviews page by page, %s first', async (orderBy, order) => {
    const expected = await askSql(
      `select id from reviews where product_id = $1 order by ${order}`,
      [popular],
    );
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const { _entities } = await askWell(
        `query ($id: ID!, $after: String, $orderBy: ReviewOrder) {
          _entities(representations: [{ __typename: "Product", id: $id }]) { ... on Product {
            reviews(first: 100, after: $after, orderBy: $orderBy) {
              nodes { id } pageInfo { hasNextPage endCursor } } } } }`,
        { id: popular, after, orderBy },
      );
      const { nodes, pageInfo } = _entities[0].reviews;
      seen.push(...nodes.map(({ id }: { id: string }) => id));
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    } while (after !== null);
    expect(seen).toEqual(expected.map(({ id }) => id));
  });

  test('refuses a cursor of another order', async () => {
    const { reviews: page } = await askProduct('reviews(first: 1) { pageInfo { endCursor } }');
    const { errors } = await subgraph.ask({
      query: `query ($id: ID!, $after: String) {
        _entities(representations: [{ __typename: "Product", id: $id }]) { ... on Product {
          reviews(after: $after, orderBy: BEST) { nodes { id } } } } }`,
      variables: { id: popular, after: page.pageInfo.endCursor },
    });
    expect(errors?.[0]?.message).toMatch(/another order/);
    expect(errors?.[0]?.extensions?.['code']).toBe('BAD_USER_INPUT');
  });

  test('refuses pages of more than a hundred', async () => {
    const { errors } = await subgraph.ask(
      `{ _entities(representations: [{ __typename: "Product", id: "${popular}" }]) { ... on Product {
        reviews(first: 101) { totalCount } } } }`,
    );
    expect(errors?.[0]?.message).toMatch(/at most 100/);
    expect(errors?.[0]?.extensions?.['code']).toBe('BAD_USER_INPUT');
  });
});

describe('User', () => {
  test('has the reviews that this user wrote, newest first', async () => {
    const id = seedId('user', 12);
    const expected = await askSql(
      'select id from reviews where author_id = $1 order by written_at desc, id desc',
      [id],
    );
    const { _entities } = await askWell(
      `query ($id: ID!) { _entities(representations: [{ __typename: "User", id: $id }]) {
        ... on User { id reviewCount reviews(first: 3) { totalCount nodes { id author { id username } } } } } }`,
      { id },
    );
    const author = { id, username: seededPerson(12).username };
    expect(_entities[0]).toEqual({
      id,
      reviewCount: expected.length,
      reviews: {
        totalCount: expected.length,
        nodes: expected.slice(0, 3).map((row) => ({ id: row.id, author })),
      },
    });
  });
});

test('finds reviews by reference, null for the missing', async () => {
  const { _entities } = await askWell(
    `query ($representations: [_Any!]!) { _entities(representations: $representations) {
      ... on Review { id } ... on User { reviewCount } } }`,
    {
      representations: [
        { __typename: 'Review', id: seedId('review', 5) },
        { __typename: 'Review', id: 'rev_nothing' },
        { __typename: 'User', id: 'usr_nobody' },
      ],
    },
  );
  expect(_entities).toEqual([{ id: seedId('review', 5) }, null, { reviewCount: 0 }]);
});
