import type { Connection } from '@trellis/kit/connection';
import type { Page } from '@trellis/kit/page';
import {
  selectPage,
  selectPagesByParent,
  type PagedRow,
  type PageOrder,
} from '@trellis/kit/select-page';
import { sql, type Kysely, type Selectable } from 'kysely';
import type { StockLevelsTable, Tables } from './tables.ts';

export type StockLevelRow = Selectable<StockLevelsTable>;
export type StockLevelPage = Connection<StockLevelRow>;

/** A stock level as product and warehouse name it. */
export type StockLevelKey = { readonly productId: string; readonly warehouseId: string };

const scarcestFirst: PageOrder = { column: 'available', direction: 'asc' };
const byId: PageOrder = { column: 'id', direction: 'asc' };

export function selectStockLevelsById(
  database: Kysely<Tables>,
  ids: readonly string[],
): Promise<StockLevelRow[]> {
  return database
    .selectFrom('stockLevels')
    .selectAll()
    .where('id', '=', sql<string>`any(${ids})`)
    .execute();
}

export async function selectStockLevelsByKey(
  database: Kysely<Tables>,
  keys: readonly StockLevelKey[],
): Promise<StockLevelRow[]> {
  const productIds = keys.map((key) => key.productId);
  const warehouseIds = keys.map((key) => key.warehouseId);
  const { rows } = await sql<StockLevelRow>`
    select stock_levels.*
    from unnest(${productIds}::text[], ${warehouseIds}::text[]) as wanted(product_id, warehouse_id)
    join stock_levels using (product_id, warehouse_id)`.execute(database);
  return rows;
}

/** Where products lie, each product's warehouses in the order of their codes. */
export function selectStockLevelsByProduct(
  database: Kysely<Tables>,
  productIds: readonly string[],
): Promise<StockLevelRow[]> {
  return database
    .selectFrom('stockLevels')
    .innerJoin('warehouses', 'warehouses.id', 'stockLevels.warehouseId')
    .selectAll('stockLevels')
    .where('productId', '=', sql<string>`any(${productIds})`)
    .orderBy('warehouses.code')
    .execute();
}

export interface AvailableRow {
  readonly productId: string;
  readonly available: number;
}

/** How many of each product can be sold, over all warehouses; nothing for what lies nowhere. */
export function sumAvailable(
  database: Kysely<Tables>,
  productIds: readonly string[],
): Promise<AvailableRow[]> {
  return database
    .selectFrom('stockLevels')
    .select((query) => ['productId', query.fn.sum<number>('available').as('available')])
    .where('productId', '=', sql<string>`any(${productIds})`)
    .groupBy('productId')
    .execute();
}

export function selectStockLevelPages(
  database: Kysely<Tables>,
  warehouseIds: readonly string[],
  page: Page,
): Promise<ReadonlyMap<string, readonly PagedRow<StockLevelRow>[]>> {
  return selectPagesByParent(database, {
    parents: warehouseIds,
    from: (warehouseId) =>
      database.selectFrom('stockLevels').selectAll().where('warehouseId', '=', warehouseId),
    order: byId,
    page,
  });
}

export function countStockLevels(
  database: Kysely<Tables>,
  warehouseIds: readonly string[],
): Promise<{ parent: string; count: number }[]> {
  return database
    .selectFrom('stockLevels')
    .select((query) => ['warehouseId as parent', query.fn.countAll<number>().as('count')])
    .where('warehouseId', '=', sql<string>`any(${warehouseIds})`)
    .groupBy('warehouseId')
    .execute();
}

/** What has at most `threshold` left in a warehouse. */
export function selectLowStockPage(
  database: Kysely<Tables>,
  page: Page,
  threshold: number,
): Promise<readonly PagedRow<StockLevelRow>[]> {
  const from = database.selectFrom('stockLevels').selectAll().where('available', '<=', threshold);
  return selectPage(database, { from, order: scarcestFirst, page });
}

export async function countLowStock(database: Kysely<Tables>, threshold: number): Promise<number> {
  const { count } = await database
    .selectFrom('stockLevels')
    .select((query) => query.fn.countAll<number>().as('count'))
    .where('available', '<=', threshold)
    .executeTakeFirstOrThrow();
  return count;
}

/**
 * Adds to what is on hand.
 * @returns the changed stock level; undefined when the product has never lain in that warehouse
 * @throws Error for the constraint `stock_levels_enough` or `stock_levels_room`
 */
export function addToStockLevel(
  database: Kysely<Tables>,
  { productId, warehouseId }: StockLevelKey,
  change: number,
): Promise<StockLevelRow | undefined> {
  return database
    .updateTable('stockLevels')
    .set((query) => ({ onHand: query('onHand', '+', change), changedAt: sql<Date>`now()` }))
    .where('productId', '=', productId)
    .where('warehouseId', '=', warehouseId)
    .returningAll()
    .executeTakeFirst();
}

/**
 * Puts a product into a warehouse where it has never lain. Somebody may be doing the same: then both are added.
 * @throws Error for a foreign key when there is no such product or warehouse
 */
export function insertStockLevel(
  database: Kysely<Tables>,
  stockLevel: StockLevelKey & { readonly id: string; readonly onHand: number },
): Promise<StockLevelRow> {
  return database
    .insertInto('stockLevels')
    .values(stockLevel)
    .onConflict((conflict) =>
      conflict.columns(['productId', 'warehouseId']).doUpdateSet((query) => ({
        onHand: query('stockLevels.onHand', '+', query.ref('excluded.onHand')),
        changedAt: sql<Date>`now()`,
      })),
    )
    .returningAll()
    .executeTakeFirstOrThrow();
}
