import { resolveReferenceBy } from '@trellis/kit/reference';
import type { Context } from '../context.ts';
import { estimateDelivery } from '../delivery-promise.ts';
import type { OrderResolvers } from '../generated/resolver-types.ts';
import type { OrderRow } from '../orders-table.ts';

export const Order: OrderResolvers = {
  __resolveReference: resolveReferenceBy<Context, OrderRow>(
    { fields: ['id'], find: ({ id = '' }, { load }) => load.orderById.load(id) },
    { fields: ['number'], find: ({ number = '' }, { load }) => load.orderByNumber.load(number) },
  ),
  customer: (order) => ({ id: order.customerId }),
  lines: (order, _args, { load }) => load.linesOf.load(order.id),
  total: (order) => ({ amount: order.totalAmount, currency: order.totalCurrency }),
  estimatedDelivery: (order) => estimateDelivery(order.placedAt, order.shippingMethod),
  history: (order, _args, { load }) => load.historyOf.load(order.id),
};
