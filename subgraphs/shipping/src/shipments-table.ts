import type { Connection } from '@trellis/kit/connection';
import type { Page } from '@trellis/kit/page';
import { selectPage, type PagedRow, type PageOrder } from '@trellis/kit/select-page';
import { sql, type Insertable, type Kysely, type Selectable } from 'kysely';
import type { ShipmentStatus } from './shipment-status.ts';
import type { Region, ShipmentsTable, Tables } from './tables.ts';

export type ShipmentRow = Selectable<ShipmentsTable>;
export type ShipmentPage = Connection<ShipmentRow>;

export interface ShipmentFilter {
  readonly region?: Region | undefined;
  readonly status?: ShipmentStatus | undefined;
}

const newestFirst: PageOrder = { column: 'createdAt', direction: 'desc' };

export function selectShipmentsById(
  database: Kysely<Tables>,
  ids: readonly string[],
): Promise<ShipmentRow[]> {
  return database
    .selectFrom('shipments')
    .selectAll()
    .where('id', '=', sql<string>`any(${ids})`)
    .execute();
}

export function selectShipmentsByTrackingNumber(
  database: Kysely<Tables>,
  trackingNumbers: readonly string[],
): Promise<ShipmentRow[]> {
  return database
    .selectFrom('shipments')
    .selectAll()
    .where('trackingNumber', '=', sql<string>`any(${trackingNumbers})`)
    .execute();
}

/** The parcels of many orders, oldest first. */
export function selectShipmentsByOrder(
  database: Kysely<Tables>,
  orderIds: readonly string[],
): Promise<ShipmentRow[]> {
  return database
    .selectFrom('shipments')
    .selectAll()
    .where('orderId', '=', sql<string>`any(${orderIds})`)
    .orderBy('orderId')
    .orderBy('createdAt')
    .orderBy('id')
    .execute();
}

export function selectShipmentPage(
  database: Kysely<Tables>,
  page: Page,
  filter: ShipmentFilter,
): Promise<readonly PagedRow<ShipmentRow>[]> {
  const from = filteredShipments(database, filter).selectAll();
  return selectPage(database, { from, order: newestFirst, page });
}

export async function countShipments(
  database: Kysely<Tables>,
  filter: ShipmentFilter,
): Promise<number> {
  const { count } = await filteredShipments(database, filter)
    .select((query) => query.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return count;
}

/** @returns undefined, and writes nothing, when this warehouse has sent a parcel for this order already */
export function insertShipment(
  database: Kysely<Tables>,
  shipment: Insertable<ShipmentsTable>,
): Promise<ShipmentRow | undefined> {
  return database
    .insertInto('shipments')
    .values(shipment)
    .onConflict((conflict) => conflict.columns(['orderId', 'warehouseId']).doNothing())
    .returningAll()
    .executeTakeFirst();
}

/** Reads a shipment and keeps others from changing it until the transaction ends. */
export function lockShipment(
  database: Kysely<Tables>,
  id: string,
): Promise<ShipmentRow | undefined> {
  return database
    .selectFrom('shipments')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
}

export function updateShipmentStatus(
  database: Kysely<Tables>,
  id: string,
  status: ShipmentStatus,
): Promise<ShipmentRow> {
  return database
    .updateTable('shipments')
    .set({ status, ...(status === 'DELIVERED' ? { deliveredAt: new Date() } : {}) })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

function filteredShipments(database: Kysely<Tables>, { region, status }: ShipmentFilter) {
  return database
    .selectFrom('shipments')
    .$if(region !== undefined, (query) => query.where('region', '=', region as Region))
    .$if(status !== undefined, (query) => query.where('status', '=', status as ShipmentStatus));
}
