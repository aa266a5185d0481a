import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { estimateShipping } from './shipping-estimate.ts';

const currency = fc.constantFrom('EUR', 'USD', 'JPY', 'KWD');
const cheap = { amount: 1_999, currency: 'EUR' };

describe('estimateShipping', () => {
  test.each([
    [cheap, 1, { amount: 500, currency: 'EUR' }],
    [cheap, 1_000, { amount: 500, currency: 'EUR' }],
    [cheap, 1_001, { amount: 610, currency: 'EUR' }],
    [{ amount: 10_000, currency: 'EUR' }, 800, { amount: 500, currency: 'EUR' }],
    [{ amount: 10_001, currency: 'EUR' }, 800, { amount: 0, currency: 'EUR' }],
    [{ amount: 100, currency: 'JPY' }, 800, { amount: 5, currency: 'JPY' }],
    [{ amount: 101, currency: 'JPY' }, 800, { amount: 0, currency: 'JPY' }],
    [{ amount: 100_000, currency: 'KWD' }, 800, { amount: 5_000, currency: 'KWD' }],
    [cheap, null, null],
  ])('for %j and %s grams is %j', (price, weightGrams, expected) => {
    expect(estimateShipping(price, weightGrams)).toEqual(expected);
  });

  test('is in the currency of the price, whole, never negative, and never falls with the weight', () => {
    const price = fc.record({ amount: fc.nat(), currency });
    const weight = fc.integer({ min: 1, max: 100_000 });
    fc.assert(
      fc.property(price, weight, fc.nat(50_000), (paid, lighter, more) => {
        const less = estimateShipping(paid, lighter);
        const heavier = estimateShipping(paid, lighter + more);
        expect(less?.currency).toBe(paid.currency);
        expect(Number.isSafeInteger(less?.amount)).toBe(true);
        expect(less?.amount).toBeGreaterThanOrEqual(0);
        expect(heavier?.amount).toBeGreaterThanOrEqual(less?.amount ?? 0);
      }),
    );
  });
});
