import { describe, expect, test } from '@jest/globals';
import { newTrackingNumber, writeTrackingNumber } from './tracking-number.ts';

describe('a tracking number', () => {
  test('ends in a check digit', () => {
    // The well-known example of ISO/IEC 7812-1, 7992739871 → 3.
    expect(writeTrackingNumber('DHL', 7_992_739_871)).toBe('JD79927398713');
    expect(writeTrackingNumber('UPS', 0)).toBe('1Z00000000000');
  });

  test('is new each time', () => {
    const numbers = new Set(Array.from({ length: 1_000 }, () => newTrackingNumber('FEDEX')));
    expect(numbers.size).toBe(1_000);
    for (const number of numbers) expect(number).toMatch(/^FX\d{11}$/);
  });
});
