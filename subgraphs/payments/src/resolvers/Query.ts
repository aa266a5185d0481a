import { makeConnection } from '@trellis/kit/connection';
import { readPage } from '@trellis/kit/page';
import { canSeePayments } from '../can-see-payments.ts';
import type { QueryResolvers } from '../generated/resolver-types.ts';
import { countPayments, selectPaymentPage } from '../payments-table.ts';

export const Query: QueryResolvers = {
  payment: async (_parent, { id }, { identity, load }) => {
    const payment = await load.paymentById.load(id);
    return payment && canSeePayments(identity, payment.payerId) ? payment : null;
  },

  payments: async (_parent, { status, ...args }, { database }) => {
    const page = readPage(args);
    const filter = { status: status ?? undefined };
    const rows = await selectPaymentPage(database, page, filter);
    return makeConnection(page, rows, () => countPayments(database, filter));
  },
};
