import { makePayload } from '@trellis/kit/user-error';
import { adjustStock } from '../adjust-stock.ts';
import type { MutationResolvers } from '../generated/resolver-types.ts';

export const Mutation: MutationResolvers = {
  adjustStock: async (_parent, { input }, { database, identity }) =>
    makePayload(await adjustStock(database, identity, input), (stockLevel) => ({ stockLevel })),
};
