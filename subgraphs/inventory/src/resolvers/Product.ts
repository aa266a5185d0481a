import type { ProductResolvers } from '../generated/resolver-types.ts';
import type { KnownProduct } from '../known-product.ts';
import { estimateShipping } from '../shipping-estimate.ts';

export const Product: ProductResolvers = {
  // Catalog knows which products there are; one that lies nowhere is a product here too. What fields require comes along.
  __resolveReference: (reference) => reference as KnownProduct,
  inStock: async ({ id, weightGrams }, _args, { load }) =>
    weightGrams === null || (await load.availableOf.load(id)) > 0,
  availableQuantity: ({ id }, _args, { load }) => load.availableOf.load(id),
  stockLevels: ({ id }, _args, { load }) => load.stockLevelsOf.load(id),
  shippingEstimate: ({ id, price, weightGrams }) => {
    if (!price || weightGrams === undefined) {
      throw new Error(`The reference to Product ${id} lacks the price and weight it requires`);
    }
    return estimateShipping(price, weightGrams);
  },
};
