import { makePayload } from '@trellis/kit/user-error';
import { changePrice } from '../change-price.ts';
import type { MutationResolvers } from '../generated/resolver-types.ts';
import { renameProduct } from '../rename-product.ts';

export const Mutation: MutationResolvers = {
  changePrice: async (_parent, { input }, { database }) =>
    makePayload(await changePrice(database, input), (product) => ({ product })),

  renameProduct: async (_parent, { input }, { database }) =>
    makePayload(await renameProduct(database, input), (product) => ({ product })),
};
