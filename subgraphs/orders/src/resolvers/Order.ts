import { resolveReferenceBy } from '@trellis/kit/reference';
import type { Identity } from '@trellis/platform/identity';
import { canSeeOrder } from '../can-see-order.ts';
import type { Context } from '../context.ts';
import { estimateDelivery } from '../delivery-promise.ts';
import type { OrderResolvers } from '../generated/resolver-types.ts';
import type { OrderRow } from '../orders-table.ts';

export const Order: OrderResolvers = {
  __resolveReference: resolveReferenceBy<Context, OrderRow>(
    {
      fields: ['id'],
      find: async ({ id = '' }, { load, identity }) =>
        onlyVisible(await load.orderById.load(id), identity),
    },
    {
      fields: ['number'],
      find: async ({ number = '' }, { load, identity }) =>
        onlyVisible(await load.orderByNumber.load(number), identity),
    },
  ),
  customer: (order) => ({ id: order.customerId }),
  lines: (order, _args, { load }) => load.linesOf.load(order.id),
  total: (order) => ({ amount: order.totalAmount, currency: order.totalCurrency }),
  estimatedDelivery: (order) => estimateDelivery(order.placedAt, order.shippingMethod),
  history: (order, _args, { load }) => load.historyOf.load(order.id),
};

/** Whoever knows the key of an order need not be one whom it concerns. */
function onlyVisible(order: OrderRow | null | undefined, identity: Identity): OrderRow | null {
  return order && canSeeOrder(identity, order) ? order : null;
}
