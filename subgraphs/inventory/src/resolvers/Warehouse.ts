import { readPage } from '@trellis/kit/page';
import { resolveReferenceBy } from '@trellis/kit/reference';
import type { Context } from '../context.ts';
import type { WarehouseResolvers } from '../generated/resolver-types.ts';
import type { WarehouseRow } from '../warehouses-table.ts';

export const Warehouse: WarehouseResolvers = {
  __resolveReference: resolveReferenceBy<Context, WarehouseRow>(
    { fields: ['id'], find: ({ id = '' }, { load }) => load.warehouseById.load(id) },
    { fields: ['code'], find: ({ code = '' }, { load }) => load.warehouseByCode.load(code) },
  ),
  stockLevels: ({ id }, args, { load }) => load.stockLevelsIn.load(id, readPage(args)),
};
