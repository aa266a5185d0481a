import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { seedId } from '@trellis/kit/seed-id';
import { seededOrder } from '@trellis/kit/seeded-shop';
import { expectConstantStatements } from '@trellis/kit/statement-slope';
import { startTestSubgraph, testUser, type TestSubgraph } from '@trellis/kit/testing';
import { payments } from './subgraph.ts';
import type { Tables } from './tables.ts';

let subgraph: TestSubgraph<Tables>;
beforeAll(async () => {
  subgraph = await startTestSubgraph(payments);
}, 60_000);
afterAll(() => subgraph.stop());

const payer = testUser(seedId('user', 10));
const stranger = testUser('usr_stranger');
const support = testUser('usr_support', 'SUPPORT');
const methodId = seedId('paymentMethod', 10 * 3);

const asMutation = (name: string, type: string, fields: string) =>
  `mutation ($input: ${type}!) { ${name}(input: $input) { ${fields} userErrors { code message field } } }`;
const authorizePayment = asMutation(
  'authorizePayment',
  'AuthorizePaymentInput',
  'payment { id status amount { amount currency } authorizedAt }',
);
const capturePayment = asMutation(
  'capturePayment',
  'CapturePaymentInput',
  'payment { id status capturedAt }',
);
const refundPayment = asMutation(
  'refundPayment',
  'RefundPaymentInput',
  'payment { status refunded { amount } refunds { amount { amount } reason } } refund { id amount { amount } }',
);

const wish = (requestId: string, amount = 1_000) => ({
  requestId,
  orderId: 'ord_test',
  paymentMethodId: methodId,
  amount,
  currency: 'EUR',
});
const authorize = (input: object, identity = payer) =>
  subgraph.ask({ query: authorizePayment, variables: { input }, identity });
const capture = (paymentId: string) =>
  subgraph.ask({ query: capturePayment, variables: { input: { paymentId } }, identity: support });
const refund = (input: object) =>
  subgraph.ask({ query: refundPayment, variables: { input }, identity: support });

const authorizeNew = async (requestId: string, amount?: number): Promise<string> =>
  (await authorize(wish(requestId, amount))).data.authorizePayment.payment.id;

describe('holding an amount', () => {
  test('is done once, however often and however parallel it is asked for', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => authorize(wish('hold once'))),
    );
    const held = answers.map(({ data }) => data.authorizePayment.payment);
    expect(new Set(held.map(({ id }) => id)).size).toBe(1);
    expect(held[0]).toMatchObject({
      status: 'AUTHORIZED',
      amount: { amount: 1_000, currency: 'EUR' },
    });
    expect(held[0].authorizedAt).not.toBeNull();
  });

  test.each([
    ['declines', 1_013, 'DECLINED'],
    ['fails for', 1_066, 'FAILED'],
  ])('is a payment too when the provider %s it', async (_what, amount, status) => {
    const { data } = await authorize(wish(`provider ${amount}`, amount));
    expect(data.authorizePayment).toMatchObject({
      payment: { status, authorizedAt: null },
      userErrors: [],
    });
  });

  test.each([
    ['by a method of somebody else', { paymentMethodId: seedId('paymentMethod', 0) }, 'NOT_FOUND'],
    ['by no method', { paymentMethodId: 'pmt_x' }, 'NOT_FOUND'],
    ['of nothing', { amount: 0 }, 'OUT_OF_RANGE'],
    ['of less than nothing', { amount: -5 }, 'OUT_OF_RANGE'],
    ['without a request id', { requestId: '' }, 'INVALID'],
  ])('%s is refused', async (_what, change, code) => {
    const { data, errors } = await authorize({ ...wish('refused'), ...change });
    expect(errors).toBeUndefined();
    expect(data.authorizePayment).toMatchObject({ payment: null, userErrors: [{ code }] });
  });
});

describe('taking what is held', () => {
  test('is done once', async () => {
    const paymentId = await authorizeNew('capture');
    const answers = await Promise.all(Array.from({ length: 5 }, () => capture(paymentId)));
    const moments = answers.map(({ data }) => data.capturePayment.payment.capturedAt);
    expect(new Set(moments).size).toBe(1);
  });

  test('is impossible when nothing is held', async () => {
    const paymentId = await authorizeNew('capture declined', 1_013);
    expect((await capture(paymentId)).data.capturePayment.userErrors).toEqual([
      {
        code: 'WRONG_STATUS',
        message: 'A payment that is DECLINED cannot be captured.',
        field: ['input', 'paymentId'],
      },
    ]);
  });

  test('is for staff', async () => {
    const paymentId = await authorizeNew('capture by payer');
    const { data, errors } = await subgraph.ask({
      query: capturePayment,
      variables: { input: { paymentId } },
      identity: payer,
    });
    expect(data).toEqual({ capturePayment: null });
    expect(errors?.[0]?.extensions?.['code']).toBe('FORBIDDEN');
  });
});

describe('giving back', () => {
  test('never exceeds what was taken, even when asked by many at once', async () => {
    const paymentId = await authorizeNew('refund race', 1_000);
    await capture(paymentId);
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        refund({ paymentId, requestId: `part ${index}`, amount: 300 }),
      ),
    );
    const given = answers.filter(({ data }) => data.refundPayment.refund !== null);
    expect(given).toHaveLength(3);
    const rest = await refund({ paymentId, requestId: 'rest', reason: 'All of it' });
    expect(rest.data.refundPayment).toMatchObject({
      refund: { amount: { amount: 100 } },
      payment: { status: 'REFUNDED', refunded: { amount: 1_000 } },
    });
    expect(rest.data.refundPayment.payment.refunds).toHaveLength(4);
    const more = await refund({ paymentId, requestId: 'more' });
    expect(more.data.refundPayment.userErrors[0].code).toBe('WRONG_STATUS');
  });

  test('is done once per request', async () => {
    const paymentId = await authorizeNew('refund once');
    await capture(paymentId);
    const input = { paymentId, requestId: 'the same', amount: 10 };
    const answers = await Promise.all(Array.from({ length: 10 }, () => refund(input)));
    expect(new Set(answers.map(({ data }) => data.refundPayment.refund.id)).size).toBe(1);
    const last = await refund(input);
    expect(last.data.refundPayment.payment.refunded.amount).toBe(10);
  });

  test('is impossible before anything was taken', async () => {
    const paymentId = await authorizeNew('refund held');
    const { data } = await refund({ paymentId, requestId: 'early' });
    expect(data.refundPayment).toMatchObject({
      payment: null,
      refund: null,
      userErrors: [{ code: 'WRONG_STATUS' }],
    });
  });
});

describe('who sees payments', () => {
  const index = 3;
  const order = seededOrder(index);
  const query = `query ($id: ID!) {
    payment(id: $id) { order { id } payer { id } method { __typename } amount { amount } }
  }`;
  const variables = { id: seedId('payment', index) };

  test('the payer sees all of it', async () => {
    const identity = testUser(order.customerId);
    const { data, errors } = await subgraph.ask({ query, variables, identity });
    expect(errors).toBeUndefined();
    expect(data.payment).toEqual({
      order: { id: order.id },
      payer: { id: order.customerId },
      method: { __typename: expect.stringMatching(/^(Card|BankAccount|Wallet)$/) },
      amount: { amount: order.totalAmount },
    });
  });

  test('support sees it without the method of payment', async () => {
    const { data, errors } = await subgraph.ask({ query, variables, identity: support });
    expect(data.payment).toMatchObject({ order: { id: order.id }, method: null });
    expect(errors).toMatchObject([
      { path: ['payment', 'method'], extensions: { code: 'FORBIDDEN' } },
    ]);
  });

  test('strangers see nothing', async () => {
    const { data } = await subgraph.ask({ query, variables, identity: stranger });
    expect(data).toEqual({ payment: null });
  });
});

test('gives methods of payment in all their kinds, each complete', async () => {
  const representations = Array.from({ length: 60 }, (_, user) =>
    ['Card', 'BankAccount', 'Wallet'].map((__typename) => ({
      __typename,
      id: seedId('paymentMethod', user * 3),
    })),
  ).flat();
  const { data, errors } = await subgraph.ask({
    query: `query ($representations: [_Any!]!) {
      _entities(representations: $representations) {
        __typename
        ... on Card { id brand lastFourDigits expiryMonth expiryYear }
        ... on BankAccount { id bankName maskedIban }
        ... on Wallet { id provider accountEmail }
      }
    }`,
    variables: { representations },
  });
  expect(errors).toBeUndefined();
  const found = data._entities.filter((entity: object | null) => entity !== null);
  expect(found).toHaveLength(60);
  expect(new Set(found.map((entity: { __typename: string }) => entity.__typename)).size).toBe(3);
});

test('asks the database as often for 50 rows as for one', async () => {
  const identity = { ...support, scopes: ['payments:reconcile'] };
  const returned = Array.from({ length: 5_000 }, (_, index) => index).filter(
    (index) => seededOrder(index).status === 'RETURNED',
  );
  const refunds = returned.map((index) => ({ __typename: 'Refund', id: seedId('refund', index) }));
  await expectConstantStatements(payments, { identity, representations: { Refund: refunds } });
}, 60_000);
