export type ShippingMethod = 'EXPRESS' | 'STANDARD';

/** Days from order to door that we promise, in calendar days (UTC). */
const promisedDays: Readonly<Record<ShippingMethod, number>> = { EXPRESS: 2, STANDARD: 5 };

const millisecondsPerDay = 86_400_000;

/**
 * The day by which an order arrives.
 * @returns a day in UTC, such as `2026-03-06`
 */
export function estimateDelivery(placedAt: Date, shippingMethod: ShippingMethod): string {
  const arrival = new Date(placedAt.getTime() + promisedDays[shippingMethod] * millisecondsPerDay);
  return arrival.toISOString().slice(0, 10);
}
