import { makeConnection } from '@trellis/kit/connection';
import { exactlyOne } from '@trellis/kit/exactly-one';
import { readPage } from '@trellis/kit/page';
import type { QueryResolvers } from '../generated/resolver-types.ts';
import { countLowStock, selectLowStockPage } from '../stock-levels-table.ts';
import { selectWarehouses } from '../warehouses-table.ts';

const defaultThreshold = 5;

export const Query: QueryResolvers = {
  warehouse: (_parent, { id, code }, { load }) => {
    const { name, value } = exactlyOne({ id, code });
    return name === 'id' ? load.warehouseById.load(value) : load.warehouseByCode.load(value);
  },

  warehouses: (_parent, { region }, { database }) =>
    selectWarehouses(database, region ?? undefined),

  lowStock: async (_parent, { threshold, ...args }, { database }) => {
    const page = readPage(args);
    const most = threshold ?? defaultThreshold;
    const rows = await selectLowStockPage(database, page, most);
    return makeConnection(page, rows, () => countLowStock(database, most));
  },
};
