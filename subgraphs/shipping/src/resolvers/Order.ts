import { resolveReferenceBy } from '@trellis/kit/reference';
import type { Context } from '../context.ts';
import { estimateDelivery } from '../delivery-promise.ts';
import type { OrderResolvers } from '../generated/resolver-types.ts';
import type { KnownOrder } from '../known-order.ts';

const resolveKnownOrder = resolveReferenceBy<Context, KnownOrder>({
  fields: ['id'],
  find: ({ id = '' }) => ({ id }),
});

export const Order: OrderResolvers = {
  // Orders knows which orders there are; one without a parcel is one here too.
  __resolveReference: async (reference, context) => {
    const order = await resolveKnownOrder(reference, context);
    return order && { ...reference, ...order };
  },
  shipments: (order, _args, { load }) => load.shipmentsOf.load(order.id),
  estimatedDelivery: ({ id, placedAt, shippingMethod }) => {
    if (placedAt === undefined || shippingMethod === undefined) {
      throw new Error(`Order ${id} came without placedAt and shippingMethod`);
    }
    return estimateDelivery(new Date(placedAt), shippingMethod);
  },
};
