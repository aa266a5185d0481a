import { loadByForeignKey, loadById, loadFigure } from '@trellis/kit/load-by';
import { loadConnection } from '@trellis/kit/load-connection';
import type { RequestScope } from '@trellis/kit/request-scope';
import type { Kysely } from 'kysely';
import {
  countStockLevels,
  selectStockLevelPages,
  selectStockLevelsById,
  selectStockLevelsByKey,
  selectStockLevelsByProduct,
  sumAvailable,
  type StockLevelKey,
  type StockLevelRow,
} from './stock-levels-table.ts';
import type { Tables } from './tables.ts';
import { selectWarehousesByCode, selectWarehousesById } from './warehouses-table.ts';

export type Loaders = ReturnType<typeof createLoaders>;

/** Every DataLoader of this service, for one request. */
export function createLoaders(request: RequestScope, database: Kysely<Tables>) {
  return {
    warehouseById: loadById(request, {
      rows: (ids: readonly string[]) => selectWarehousesById(database, ids),
      key: (warehouse) => warehouse.id,
    }),
    warehouseByCode: loadById(request, {
      rows: (codes: readonly string[]) => selectWarehousesByCode(database, codes),
      key: (warehouse) => warehouse.code,
    }),
    stockLevelById: loadById(request, {
      rows: (ids: readonly string[]) => selectStockLevelsById(database, ids),
      key: (stockLevel) => stockLevel.id,
    }),
    stockLevelByKey: loadById(request, {
      rows: (keys: readonly StockLevelKey[]) => selectStockLevelsByKey(database, keys),
      key: ({ productId, warehouseId }) => ({ productId, warehouseId }),
    }),
    stockLevelsOf: loadByForeignKey(request, {
      rows: (productIds: readonly string[]) => selectStockLevelsByProduct(database, productIds),
      key: (stockLevel) => stockLevel.productId,
    }),
    stockLevelsIn: loadConnection<StockLevelRow>(request, {
      pages: (warehouseIds, page) => selectStockLevelPages(database, warehouseIds, page),
      counts: (warehouseIds) => countStockLevels(database, warehouseIds),
    }),
    availableOf: loadFigure(request, {
      rows: (productIds: readonly string[]) => sumAvailable(database, productIds),
      key: (row) => row.productId,
      value: (row) => row.available,
      empty: 0,
    }),
  };
}
