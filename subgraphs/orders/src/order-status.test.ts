import { describe, expect, test } from '@jest/globals';
import { canFollow, type OrderStatus } from './order-status.ts';

const all: readonly OrderStatus[] = [
  'PLACED',
  'CONFIRMED',
  'SHIPPED',
  'DELIVERED',
  'RETURNED',
  'CANCELLED',
];

describe('the status of an order', () => {
  test('leads from placed to delivered, one step at a time', () => {
    expect(canFollow('PLACED', 'CONFIRMED')).toBe(true);
    expect(canFollow('CONFIRMED', 'SHIPPED')).toBe(true);
    expect(canFollow('SHIPPED', 'DELIVERED')).toBe(true);
    expect(canFollow('PLACED', 'SHIPPED')).toBe(false);
    expect(canFollow('PLACED', 'DELIVERED')).toBe(false);
  });

  test('allows to cancel until the parcel has left, and to return only what has arrived', () => {
    expect(all.filter((status) => canFollow(status, 'CANCELLED'))).toEqual(['PLACED', 'CONFIRMED']);
    expect(all.filter((status) => canFollow(status, 'RETURNED'))).toEqual(['DELIVERED']);
  });

  test('never stays, never goes back, and ends', () => {
    for (const status of all) expect(canFollow(status, status)).toBe(false);
    for (const end of ['CANCELLED', 'RETURNED'] as const) {
      expect(all.filter((next) => canFollow(end, next))).toEqual([]);
    }
  });
});
