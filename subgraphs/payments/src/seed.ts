import { insertRows } from '@trellis/kit/insert-rows';
import type { FillTables } from '@trellis/kit/seed';
import { seedId } from '@trellis/kit/seed-id';
import { createSeedRandom } from '@trellis/kit/seed-random';
import { seededPerson } from '@trellis/kit/seeded-people';
import {
  seededCounts,
  seededCurrency,
  seededOrder,
  type SeededOrder,
} from '@trellis/kit/seeded-shop';
import { fakeReference } from './fake-provider.ts';
import type { PaymentStatus } from './payment-status.ts';
import type { PaymentMethodKind } from './tables.ts';

const maxMethods = 3;

/** How everyone of the example shop pays, and one payment for each of its orders. */
export const seed: FillTables = async (client) => {
  const users = Array.from({ length: seededCounts.users }, (_, index) => index);
  const orders = Array.from({ length: seededCounts.orders }, (_, index) => seededOrder(index));
  await insertRows(client, 'payment_methods', users.flatMap(makeMethods));
  await insertRows(client, 'payments', orders.map(makePayment));
  await insertRows(
    client,
    'refunds',
    orders.flatMap((order, index) => (order.status === 'RETURNED' ? makeRefund(order, index) : [])),
  );
};

function countMethods(userIndex: number): number {
  return createSeedRandom(`payment methods ${userIndex}`).integer(1, maxMethods);
}

function makeMethods(userIndex: number) {
  return Array.from({ length: countMethods(userIndex) }, (_, position) =>
    makeMethod(userIndex, position),
  );
}

function makeMethod(userIndex: number, position: number) {
  const random = createSeedRandom(`payment method ${userIndex} ${position}`);
  const kind = random.weighted<PaymentMethodKind>([
    ['Card', 60],
    ['BankAccount', 20],
    ['Wallet', 20],
  ]);
  const digits = String(random.integer(0, 9_999)).padStart(4, '0');
  return {
    id: seedId('paymentMethod', userIndex * maxMethods + position),
    owner_id: seedId('user', userIndex),
    kind,
    position,
    card_brand: kind === 'Card' ? random.pick(['VISA', 'MASTERCARD', 'AMEX']) : null,
    last_four_digits: kind === 'Card' ? digits : null,
    expiry_month: kind === 'Card' ? random.integer(1, 12) : null,
    expiry_year: kind === 'Card' ? random.integer(2027, 2031) : null,
    bank_name:
      kind === 'BankAccount' ? random.pick(['Nordbank', 'First Trust', 'Banco Sol']) : null,
    masked_iban: kind === 'BankAccount' ? `**** **** **** ${digits}` : null,
    wallet_provider: kind === 'Wallet' ? random.pick(['PayPal', 'Apple Pay', 'Google Pay']) : null,
    account_email: kind === 'Wallet' ? `${seededPerson(userIndex).username}@example.com` : null,
  };
}

const statuses: Readonly<Record<SeededOrder['status'], PaymentStatus>> = {
  PLACED: 'AUTHORIZED',
  CONFIRMED: 'AUTHORIZED',
  SHIPPED: 'CAPTURED',
  DELIVERED: 'CAPTURED',
  RETURNED: 'REFUNDED',
  CANCELLED: 'DECLINED',
};

function makePayment(order: SeededOrder, index: number) {
  const id = seedId('payment', index);
  const status = statuses[order.status];
  const shipped = order.history.find((step) => step.status === 'SHIPPED');
  const position = createSeedRandom(`payment ${index}`).integer(
    0,
    countMethods(order.customerIndex) - 1,
  );
  return {
    id,
    order_id: order.id,
    payer_id: order.customerId,
    method_id: seedId('paymentMethod', order.customerIndex * maxMethods + position),
    request_id: `seed-${order.number}`,
    status,
    amount: order.totalAmount,
    currency: seededCurrency,
    refunded_amount: status === 'REFUNDED' ? order.totalAmount : 0,
    provider_reference: status === 'DECLINED' ? null : fakeReference(id),
    created_at: order.placedAt,
    authorized_at: status === 'DECLINED' ? null : order.placedAt,
    captured_at: shipped?.changedAt ?? null,
  };
}

function makeRefund(order: SeededOrder, index: number) {
  return {
    id: seedId('refund', index),
    payment_id: seedId('payment', index),
    request_id: `seed-${order.number}`,
    amount: order.totalAmount,
    currency: seededCurrency,
    reason: 'Returned',
    refunded_at: order.history.at(-1)?.changedAt ?? order.placedAt,
  };
}
