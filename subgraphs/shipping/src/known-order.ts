import type { ShippingMethod } from './delivery-promise.ts';

/** An order, of which this service knows the key and what the gateway brings along because a field `@requires` it. */
export interface KnownOrder {
  readonly id: string;
  readonly placedAt?: string;
  readonly shippingMethod?: ShippingMethod;
}
