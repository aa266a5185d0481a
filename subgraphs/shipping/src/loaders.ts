import { loadByForeignKey, loadById } from '@trellis/kit/load-by';
import type { RequestScope } from '@trellis/kit/request-scope';
import type { Kysely } from 'kysely';
import {
  selectShipmentsById,
  selectShipmentsByOrder,
  selectShipmentsByTrackingNumber,
} from './shipments-table.ts';
import type { Tables } from './tables.ts';
import { selectTrackingEvents } from './tracking-events-table.ts';

export type Loaders = ReturnType<typeof createLoaders>;

/** Every DataLoader of this service, for one request. */
export function createLoaders(request: RequestScope, database: Kysely<Tables>) {
  return {
    shipmentById: loadById(request, {
      rows: (ids: readonly string[]) => selectShipmentsById(database, ids),
      key: (shipment) => shipment.id,
    }),
    shipmentByTrackingNumber: loadById(request, {
      rows: (numbers: readonly string[]) => selectShipmentsByTrackingNumber(database, numbers),
      key: (shipment) => shipment.trackingNumber,
    }),
    shipmentsOf: loadByForeignKey(request, {
      rows: (orderIds: readonly string[]) => selectShipmentsByOrder(database, orderIds),
      key: (shipment) => shipment.orderId,
    }),
    trackingEventsOf: loadByForeignKey(request, {
      rows: (shipmentIds: readonly string[]) => selectTrackingEvents(database, shipmentIds),
      key: (event) => event.shipmentId,
    }),
  };
}
