import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { startTestSubgraph, testUser, type TestSubgraph } from '@trellis/kit/testing';
import type { Identity } from '@trellis/platform/identity';
import { reviews } from './subgraph.ts';
import type { Tables } from './tables.ts';

const ada = testUser('usr_ada', 'CUSTOMER');
const ben = testUser('usr_ben', 'CUSTOMER');
const support = testUser('usr_sue', 'SUPPORT');
const robot: Identity = { ...ada, kind: 'service', subject: 'robot' };

let subgraph: TestSubgraph<Tables>;
beforeAll(async () => {
  subgraph = await startTestSubgraph(reviews, { seeds: false });
  await subgraph.database.pool.query(`
    insert into known_products values ('prd_a'), ('prd_b');
    insert into known_users values ('usr_ada', 'ada.l'), ('usr_ben', 'ben.k')`);
});
beforeEach(() => subgraph.database.pool.query('truncate reviews'));
afterAll(() => subgraph.stop());

const operations = {
  addReview: `mutation ($input: AddReviewInput!) { payload: addReview(input: $input) {
    review { id rating title body editedAt author { id username }
      product { id reviewCount averageRating } }
    userErrors { code field } } }`,
  editReview: `mutation ($input: EditReviewInput!) { payload: editReview(input: $input) {
    review { rating title body editedAt } userErrors { code field } } }`,
  deleteReview: `mutation ($input: DeleteReviewInput!) { payload: deleteReview(input: $input) {
    deletedReviewId product { id reviewCount averageRating } userErrors { code field } } }`,
};

async function mutate(name: keyof typeof operations, identity: Identity, input: object) {
  const { data, errors } = await subgraph.ask({
    query: operations[name],
    variables: { input },
    identity,
  });
  expect(errors).toBeUndefined();
  return data.payload;
}

const words = { productId: 'prd_a', rating: 4, title: 'Good', body: 'It works.' };

async function addReview(identity = ada, input = {}) {
  return mutate('addReview', identity, { ...words, ...input });
}

function codesOf({ userErrors }: { userErrors: { code: string; field: string[] | null }[] }) {
  return userErrors.map(({ code, field }) =>
    field ? `${code} ${field.slice(1).join('.')}` : code,
  );
}

describe('addReview', () => {
  test('adds under the name of the caller, and the figures of the product know it', async () => {
    await addReview(ben, { rating: 1 });
    const { review, userErrors } = await addReview(ada, { title: '  Good\0 ' });
    expect(userErrors).toEqual([]);
    expect(review).toEqual({
      id: expect.stringMatching(/^rev_[0-9a-z]{12}$/),
      rating: 4,
      title: 'Good',
      body: 'It works.',
      editedAt: null,
      author: { id: 'usr_ada', username: 'ada.l' },
      product: { id: 'prd_a', reviewCount: 2, averageRating: 2.5 },
    });
  });

  test('takes one review per user and product, even from ten requests at once', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => addReview()));
    const codes = answers.flatMap(codesOf);
    expect(codes).toEqual(Array.from({ length: 9 }, () => 'ALREADY_REVIEWED productId'));
    expect((await addReview(ada, { productId: 'prd_b' })).userErrors).toEqual([]);
  });

  test.each([
    [{ rating: 0 }, ['OUT_OF_RANGE rating']],
    [{ rating: 6 }, ['OUT_OF_RANGE rating']],
    [{ title: ' ', body: '\n' }, ['EMPTY title', 'EMPTY body']],
    [{ title: 'a'.repeat(121), body: 'a'.repeat(5_001) }, ['TOO_LONG title', 'TOO_LONG body']],
    [{ productId: 'prd_nothing' }, ['NOT_FOUND productId']],
  ])('refuses %j with %j', async (input, expected) => {
    const payload = await addReview(ada, input);
    expect(payload.review).toBeNull();
    expect(codesOf(payload)).toEqual(expected);
  });

  test('is for users who have an account', async () => {
    expect(codesOf(await addReview(testUser('usr_stranger')))).toEqual(['NOT_FOUND']);
    expect(codesOf(await addReview(robot))).toEqual(['NOT_A_USER']);
    const { errors } = await subgraph.ask({
      query: operations.addReview,
      variables: { input: words },
    });
    expect(errors?.[0]?.extensions?.['code']).toBe('UNAUTHENTICATED');
  });
});

describe('editReview', () => {
  test('changes what is named, keeps the rest, and says when', async () => {
    const { review } = await addReview();
    const payload = await mutate('editReview', ada, {
      reviewId: review.id,
      rating: 2,
      title: null,
      body: ' Not any more. ',
    });
    expect(payload).toEqual({
      review: {
        rating: 2,
        title: 'Good',
        body: 'Not any more.',
        editedAt: expect.stringMatching(/^\d{4}-/),
      },
      userErrors: [],
    });
  });

  test('is for the author alone: not for others, not for staff', async () => {
    const { review } = await addReview();
    for (const identity of [ben, support]) {
      const payload = await mutate('editReview', identity, { reviewId: review.id, rating: 1 });
      expect(payload.review).toBeNull();
      expect(codesOf(payload)).toEqual(['FORBIDDEN reviewId']);
    }
  });

  test('refuses what is wrong, nothing to change, and what does not exist', async () => {
    const { review } = await addReview();
    const edit = async (input: object) =>
      codesOf(await mutate('editReview', ada, { reviewId: review.id, ...input }));
    expect(await edit({ rating: 9, title: '' })).toEqual(['OUT_OF_RANGE rating', 'EMPTY title']);
    expect(await edit({})).toEqual(['EMPTY']);
    expect(await edit({ reviewId: 'rev_nothing', rating: 1 })).toEqual(['NOT_FOUND reviewId']);
  });
});

describe('deleteReview', () => {
  test('lets the author delete, and the figures of the product forget it', async () => {
    await addReview(ben, { rating: 1 });
    const { review } = await addReview();
    expect(await mutate('deleteReview', ada, { reviewId: review.id })).toEqual({
      deletedReviewId: review.id,
      product: { id: 'prd_a', reviewCount: 1, averageRating: 1 },
      userErrors: [],
    });
    expect(codesOf(await mutate('deleteReview', ada, { reviewId: review.id }))).toEqual([
      'NOT_FOUND reviewId',
    ]);
    expect((await addReview()).userErrors).toEqual([]);
  });

  test('lets support delete anybody’s, but no other customer', async () => {
    const { review } = await addReview();
    const refused = await mutate('deleteReview', ben, { reviewId: review.id });
    expect([refused.deletedReviewId, refused.product, ...codesOf(refused)]).toEqual([
      null,
      null,
      'FORBIDDEN reviewId',
    ]);
    const payload = await mutate('deleteReview', support, { reviewId: review.id });
    expect(payload.deletedReviewId).toBe(review.id);
  });
});
