import { mustExist, resolveReferenceBy } from '@trellis/kit/reference';
import type { Context } from '../context.ts';
import type { VariantResolvers } from '../generated/resolver-types.ts';
import type { ProductRow } from '../products-table.ts';
import type { VariantRow } from '../variants-table.ts';

export const Variant: VariantResolvers = {
  __resolveReference: resolveReferenceBy<Context, VariantRow>(
    { fields: ['id'], find: ({ id = '' }, { load }) => load.variantById.load(id) },
    {
      fields: ['productId', 'code'],
      find: ({ productId = '', code = '' }, { load }) =>
        load.variantByKey.load({ productId, code }),
    },
  ),
  product: (variant, _args, context) => productOf(variant, context),
  surcharge: async (variant, _args, context) => {
    const { priceCurrency } = await productOf(variant, context);
    return { amount: variant.surchargeAmount, currency: priceCurrency };
  },
};

function productOf({ productId }: VariantRow, { load }: Context): Promise<ProductRow> {
  return mustExist(load.productById.load(productId), 'Product', productId);
}
