import type { PhysicalProductResolvers } from '../generated/resolver-types.ts';
import { productFields, resolveProductReference } from './Product.ts';

export const PhysicalProduct: PhysicalProductResolvers = {
  ...productFields,
  __resolveReference: async (reference, context) => {
    const product = await resolveProductReference(reference, context);
    return product?.kind === 'PHYSICAL' ? product : null;
  },
  dimensions: ({ widthMillimetres, heightMillimetres, depthMillimetres }) => ({
    // The table has a check that what is sent has a size.
    widthMillimetres: widthMillimetres as number,
    heightMillimetres: heightMillimetres as number,
    depthMillimetres: depthMillimetres as number,
  }),
};
