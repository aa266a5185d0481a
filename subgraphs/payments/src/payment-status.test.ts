import { describe, expect, test } from '@jest/globals';
import { canBeCaptured, canBeRefunded, isPaid, type PaymentStatus } from './payment-status.ts';

const all: readonly PaymentStatus[] = [
  'AUTHORIZED',
  'CAPTURED',
  'DECLINED',
  'FAILED',
  'PARTIALLY_REFUNDED',
  'REFUNDED',
];

describe('the status of a payment', () => {
  test('allows to take only what is held', () => {
    expect(all.filter(canBeCaptured)).toEqual(['AUTHORIZED']);
  });

  test('allows to give back only what was taken and is not all given back', () => {
    expect(all.filter(canBeRefunded)).toEqual(['CAPTURED', 'PARTIALLY_REFUNDED']);
    expect(all.filter(isPaid)).toEqual(['CAPTURED', 'PARTIALLY_REFUNDED']);
  });
});
