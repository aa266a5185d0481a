import { describe, expect, test } from '@jest/globals';
import { canFollow, type ShipmentStatus } from './shipment-status.ts';

const all: readonly ShipmentStatus[] = [
  'CREATED',
  'IN_TRANSIT',
  'OUT_FOR_DELIVERY',
  'DELIVERED',
  'LOST',
];

describe('the status of a shipment', () => {
  test('leads from the warehouse to the door', () => {
    expect(canFollow('CREATED', 'IN_TRANSIT')).toBe(true);
    expect(canFollow('IN_TRANSIT', 'IN_TRANSIT')).toBe(true);
    expect(canFollow('IN_TRANSIT', 'OUT_FOR_DELIVERY')).toBe(true);
    expect(canFollow('OUT_FOR_DELIVERY', 'DELIVERED')).toBe(true);
    expect(canFollow('CREATED', 'DELIVERED')).toBe(false);
  });

  test('goes back to the road when nobody was at home', () => {
    expect(canFollow('OUT_FOR_DELIVERY', 'IN_TRANSIT')).toBe(true);
  });

  test('ends delivered or lost', () => {
    for (const end of ['DELIVERED', 'LOST'] as const) {
      expect(all.filter((next) => canFollow(end, next))).toEqual([]);
    }
    expect(all.filter((status) => canFollow(status, 'LOST'))).toEqual([
      'CREATED',
      'IN_TRANSIT',
      'OUT_FOR_DELIVERY',
    ]);
  });
});
