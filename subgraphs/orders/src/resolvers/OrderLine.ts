import { resolveReferenceBy } from '@trellis/kit/reference';
import type { Context } from '../context.ts';
import type { OrderLineResolvers } from '../generated/resolver-types.ts';
import type { OrderLineRow } from '../order-lines-table.ts';

export const OrderLine: OrderLineResolvers = {
  __resolveReference: resolveReferenceBy<Context, OrderLineRow>({
    fields: ['id'],
    find: ({ id = '' }, { load }) => load.orderLineById.load(id),
  }),
  product: (line) => ({ id: line.productId }),
  unitPrice: (line) => ({ amount: line.unitPriceAmount, currency: line.unitPriceCurrency }),
  total: (line) => ({
    amount: line.quantity * line.unitPriceAmount,
    currency: line.unitPriceCurrency,
  }),
};
