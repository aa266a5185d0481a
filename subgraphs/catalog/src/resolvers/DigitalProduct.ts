import type { DigitalProductResolvers } from '../generated/resolver-types.ts';
import { productFields, resolveProductReference } from './Product.ts';

export const DigitalProduct: DigitalProductResolvers = {
  ...productFields,
  __resolveReference: async (reference, context) => {
    const product = await resolveProductReference(reference, context);
    return product?.kind === 'DIGITAL' ? product : null;
  },
  // The table has a check that what is downloaded has an address and a length.
  downloadUrl: ({ downloadUrl }) => downloadUrl as string,
  downloadMegabytes: ({ downloadMegabytes }) => downloadMegabytes as number,
};
