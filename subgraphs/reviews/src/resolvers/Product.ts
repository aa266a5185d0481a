import { readPage } from '@trellis/kit/page';
import { resolveReferenceBy } from '@trellis/kit/reference';
import type { Context } from '../context.ts';
import type { ProductResolvers } from '../generated/resolver-types.ts';
import type { KnownProduct } from '../known-entities.ts';

export const Product: ProductResolvers = {
  // Catalog knows which products there are; a product that nobody reviewed is one here too.
  __resolveReference: resolveReferenceBy<Context, KnownProduct>({
    fields: ['id'],
    find: ({ id = '' }) => ({ id }),
  }),
  reviews: ({ id }, { orderBy, ...args }, { load }) =>
    load.reviewsOf.load(id, readPage(args), orderBy ?? 'NEWEST'),
  averageRating: async ({ id }, _args, { load }) => (await load.figuresOf.load(id)).averageRating,
  reviewCount: async ({ id }, _args, { load }) => (await load.figuresOf.load(id)).count,
};
