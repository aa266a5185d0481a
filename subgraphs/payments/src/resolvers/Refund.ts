import { resolveReferenceBy } from '@trellis/kit/reference';
import type { Context } from '../context.ts';
import type { RefundResolvers } from '../generated/resolver-types.ts';
import type { RefundRow } from '../refunds-table.ts';

export const Refund: RefundResolvers = {
  __resolveReference: resolveReferenceBy<Context, RefundRow>({
    fields: ['id'],
    find: ({ id = '' }, { load }) => load.refundById.load(id),
  }),
  amount: ({ amount, currency }) => ({ amount, currency }),
};
