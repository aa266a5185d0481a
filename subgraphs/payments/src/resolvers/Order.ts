import { resolveReferenceBy } from '@trellis/kit/reference';
import type { Context } from '../context.ts';
import type { OrderResolvers } from '../generated/resolver-types.ts';
import type { KnownEntity } from '../known-entity.ts';
import { isPaid } from '../payment-status.ts';

export const Order: OrderResolvers = {
  // Orders knows which orders there are; one that nobody paid is one here too.
  __resolveReference: resolveReferenceBy<Context, KnownEntity>({
    fields: ['id'],
    find: ({ id = '' }) => ({ id }),
  }),
  payments: (order, _args, { load }) => load.paymentsFor.load(order.id),
  isPaid: async (order, _args, { load }) => {
    const payments = await load.paymentsFor.load(order.id);
    return payments.some(({ status }) => isPaid(status));
  },
};
