import { sql, type Kysely, type Selectable } from 'kysely';
import type { ShipmentStatus } from './shipment-status.ts';
import type { Tables, TrackingEventsTable } from './tables.ts';

export type TrackingEventRow = Selectable<TrackingEventsTable>;

/** What was reported of many shipments, oldest first. */
export function selectTrackingEvents(
  database: Kysely<Tables>,
  shipmentIds: readonly string[],
): Promise<TrackingEventRow[]> {
  return database
    .selectFrom('trackingEvents')
    .selectAll()
    .where('shipmentId', '=', sql<string>`any(${shipmentIds})`)
    .orderBy('shipmentId')
    .orderBy('position')
    .execute();
}

/** Writes what was reported after all that was reported before, within the transaction that changes the shipment. */
export async function insertTrackingEvent(
  database: Kysely<Tables>,
  event: {
    readonly shipmentId: string;
    readonly status: ShipmentStatus;
    readonly location: string;
  },
): Promise<void> {
  await database
    .insertInto('trackingEvents')
    .values((query) => ({
      ...event,
      position: query
        .selectFrom('trackingEvents')
        .select(sql<number>`count(*)::integer`.as('position'))
        .where('shipmentId', '=', event.shipmentId),
    }))
    .execute();
}
