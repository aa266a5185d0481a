import type { Money } from './known-product.ts';

/** In whole units of the currency, such as euros. */
const freeAbove = 100;
const base = 3.9;
const perStartedKilogram = 1.1;

/**
 * What sending one costs, in the price's own currency: 3.90 and 1.10 for each kilogram begun; nothing when it is
 * worth more than 100.00; null for what needs no parcel.
 */
export function estimateShipping(price: Money, weightGrams: number | null): Money | null {
  if (weightGrams === null) return null;
  const unit = smallestUnitsOf(price.currency);
  if (price.amount > freeAbove * unit) return { amount: 0, currency: price.currency };
  const cost = base + perStartedKilogram * Math.ceil(weightGrams / 1_000);
  return { amount: Math.round(cost * unit), currency: price.currency };
}

const smallestUnits = new Map<string, number>();

/** ISO 4217: 100 cents are a euro, but a yen has no smaller coin. Asking `Intl` costs more than all the rest. */
function smallestUnitsOf(currency: string): number {
  const known = smallestUnits.get(currency);
  if (known !== undefined) return known;
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  const units = 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2);
  smallestUnits.set(currency, units);
  return units;
}
