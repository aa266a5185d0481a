import { makePayload } from '@trellis/kit/user-error';
import { authorizePayment } from '../authorize-payment.ts';
import { capturePayment } from '../capture-payment.ts';
import type { MutationResolvers } from '../generated/resolver-types.ts';
import { refundPayment } from '../refund-payment.ts';

export const Mutation: MutationResolvers = {
  authorizePayment: async (_parent, { input }, { database, identity, provider }) =>
    makePayload(await authorizePayment(database, { identity, provider }, input), (payment) => ({
      payment,
    })),

  capturePayment: async (_parent, { input }, { database, provider }) =>
    makePayload(await capturePayment(database, provider, input), (payment) => ({ payment })),

  refundPayment: async (_parent, { input }, { database, provider }) =>
    makePayload(await refundPayment(database, provider, input), (refunded) => refunded),
};
