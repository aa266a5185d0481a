import { makePayload } from '@trellis/kit/user-error';
import { cancelOrder } from '../cancel-order.ts';
import type { MutationResolvers } from '../generated/resolver-types.ts';
import { placeOrder } from '../place-order.ts';

export const Mutation: MutationResolvers = {
  placeOrder: async (_parent, { input }, { database, identity }) =>
    makePayload(await placeOrder(database, identity, input), (order) => ({ order })),

  cancelOrder: async (_parent, { input }, { database, identity }) =>
    makePayload(await cancelOrder(database, identity, input), (order) => ({ order })),
};
