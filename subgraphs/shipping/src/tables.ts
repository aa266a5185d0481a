import type { Generated } from 'kysely';
import type { ShipmentStatus } from './shipment-status.ts';

/** The tables of this service, in the names that rows have in code. */
export interface Tables {
  shipments: ShipmentsTable;
  trackingEvents: TrackingEventsTable;
}

export type Carrier = 'DHL' | 'FEDEX' | 'POSTNORD' | 'UPS';
export type Region = 'APAC' | 'EU_CENTRAL' | 'EU_NORTH' | 'NA_EAST' | 'NA_WEST';

export interface ShipmentsTable {
  id: string;
  trackingNumber: string;
  carrier: Carrier;
  status: ShipmentStatus;
  orderId: string;
  warehouseId: string;
  region: Region;
  createdAt: Generated<Date>;
  deliveredAt: Date | null;
}

export interface TrackingEventsTable {
  shipmentId: string;
  position: number;
  status: ShipmentStatus;
  location: string;
  happenedAt: Generated<Date>;
}
