import { describe, expect, test } from '@jest/globals';
import { estimateDelivery } from './delivery-promise.ts';

describe('the delivery promise', () => {
  test('is two days for express, five for standard', () => {
    const placedAt = new Date('2026-02-26T23:59:59Z');
    expect(estimateDelivery(placedAt, 'EXPRESS')).toBe('2026-02-28');
    expect(estimateDelivery(placedAt, 'STANDARD')).toBe('2026-03-03');
  });
});
