import { mustExist, resolveReferenceBy } from '@trellis/kit/reference';
import type { Context } from '../context.ts';
import type { StockLevelResolvers } from '../generated/resolver-types.ts';
import type { StockLevelRow } from '../stock-levels-table.ts';

export const StockLevel: StockLevelResolvers = {
  __resolveReference: resolveReferenceBy<Context, StockLevelRow>(
    { fields: ['id'], find: ({ id = '' }, { load }) => load.stockLevelById.load(id) },
    {
      fields: ['productId', 'warehouseId'],
      find: ({ productId = '', warehouseId = '' }, { load }) =>
        load.stockLevelByKey.load({ productId, warehouseId }),
    },
  ),
  product: ({ productId }) => ({ id: productId }),
  warehouse: ({ warehouseId }, _args, { load }) =>
    mustExist(load.warehouseById.load(warehouseId), 'Warehouse', warehouseId),
};
