import { mustExist, resolveReferenceBy } from '@trellis/kit/reference';
import type { Context } from '../context.ts';
import type { PaymentResolvers } from '../generated/resolver-types.ts';
import type { PaymentRow } from '../payments-table.ts';

export const Payment: PaymentResolvers = {
  __resolveReference: resolveReferenceBy<Context, PaymentRow>({
    fields: ['id'],
    find: ({ id = '' }, { load }) => load.paymentById.load(id),
  }),
  order: (payment) => ({ id: payment.orderId }),
  payer: (payment) => ({ id: payment.payerId }),
  amount: ({ amount, currency }) => ({ amount, currency }),
  method: (payment, _args, { load }) =>
    mustExist(load.methodById.load(payment.methodId), 'PaymentMethod', payment.methodId),
  refunded: ({ refundedAmount, currency }) => ({ amount: refundedAmount, currency }),
  refunds: (payment, _args, { load }) => load.refundsOf.load(payment.id),
};
