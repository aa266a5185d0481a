import { sql, type Kysely, type Selectable } from 'kysely';
import type { Region, Tables, WarehousesTable } from './tables.ts';

export type WarehouseRow = Selectable<WarehousesTable>;

export function selectWarehousesById(
  database: Kysely<Tables>,
  ids: readonly string[],
): Promise<WarehouseRow[]> {
  return database
    .selectFrom('warehouses')
    .selectAll()
    .where('id', '=', sql<string>`any(${ids})`)
    .execute();
}

export function selectWarehousesByCode(
  database: Kysely<Tables>,
  codes: readonly string[],
): Promise<WarehouseRow[]> {
  return database
    .selectFrom('warehouses')
    .selectAll()
    .where('code', '=', sql<string>`any(${codes})`)
    .execute();
}

/** All warehouses, or those of a region, by their codes. */
export function selectWarehouses(
  database: Kysely<Tables>,
  region: Region | undefined,
): Promise<WarehouseRow[]> {
  return database
    .selectFrom('warehouses')
    .selectAll()
    .$if(region !== undefined, (query) => query.where('region', '=', region as Region))
    .orderBy('code')
    .execute();
}
