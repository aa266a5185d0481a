import { readPage } from '@trellis/kit/page';
import { resolveReferenceBy, mustExist } from '@trellis/kit/reference';
import type { Context } from '../context.ts';
import type { PhysicalProductResolvers, ProductResolvers } from '../generated/resolver-types.ts';
import type { ProductRow } from '../products-table.ts';

/** Finds a product of any kind by either of its keys. */
export const resolveProductReference = resolveReferenceBy<Context, ProductRow>(
  { fields: ['id'], find: ({ id = '' }, { load }) => load.productById.load(id) },
  { fields: ['sku'], find: ({ sku = '' }, { load }) => load.productBySku.load(sku) },
);

/** Other services add fields to all kinds at once, so the gateway may ask for a product without knowing its kind. */
export const Product: ProductResolvers = {
  __resolveType: ({ kind }) => (kind === 'DIGITAL' ? 'DigitalProduct' : 'PhysicalProduct'),
  __resolveReference: resolveProductReference,
};

/** The fields that all kinds of products share. */
export const productFields: Pick<PhysicalProductResolvers, 'category' | 'price' | 'variants'> = {
  price: ({ priceAmount, priceCurrency }) => ({ amount: priceAmount, currency: priceCurrency }),
  category: ({ categoryId }, _args, { load }) =>
    mustExist(load.categoryById.load(categoryId), 'Category', categoryId),
  variants: ({ id }, args, { load }) => load.variantsOf.load(id, readPage(args)),
};
