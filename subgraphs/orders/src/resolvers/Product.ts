import { resolveReferenceBy } from '@trellis/kit/reference';
import type { Context } from '../context.ts';
import type { ProductResolvers } from '../generated/resolver-types.ts';
import type { KnownEntity } from '../known-entity.ts';

export const Product: ProductResolvers = {
  // Catalog knows which products there are; a product that was never sold is one here too.
  __resolveReference: resolveReferenceBy<Context, KnownEntity>({
    fields: ['id'],
    find: ({ id = '' }) => ({ id }),
  }),
  soldQuantity: (product, _args, { load }) => load.soldQuantityOf.load(product.id),
};
