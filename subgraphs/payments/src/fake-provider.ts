import { createHash } from 'node:crypto';
import type { PaymentProvider } from './payment-provider.ts';

/** Amounts that end in these are declined or fail, so that every outcome can be tried by hand. */
export const declinedCents = 13;
export const failedCents = 66;

/** A provider without money: it says yes, but for amounts that end in 13 (declined) and 66 (failed). */
export const fakeProvider: PaymentProvider = {
  authorize({ paymentId, amount }) {
    const cents = amount % 100;
    if (cents === declinedCents) {
      return Promise.resolve({ outcome: 'DECLINED', reference: undefined });
    }
    if (cents === failedCents) return Promise.resolve({ outcome: 'FAILED', reference: undefined });
    return Promise.resolve({ outcome: 'AUTHORIZED', reference: fakeReference(paymentId) });
  },
  capture() {
    return Promise.resolve();
  },
  refund() {
    return Promise.resolve();
  },
};

/** What this provider calls a payment of ours: always the same for the same one. */
export function fakeReference(paymentId: string): string {
  return `fake_${createHash('sha256').update(paymentId).digest('hex').slice(0, 16)}`;
}
