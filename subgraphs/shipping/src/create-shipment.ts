import { newId } from '@trellis/kit/seed-id';
import { refuse, succeed, userError, type Outcome } from '@trellis/kit/user-error';
import type { Kysely } from 'kysely';
import { insertShipment, type ShipmentRow } from './shipments-table.ts';
import type { Carrier, Region, Tables } from './tables.ts';
import { insertTrackingEvent } from './tracking-events-table.ts';
import { newTrackingNumber } from './tracking-number.ts';

export interface ShipmentWish {
  readonly orderId: string;
  readonly warehouseId: string;
  readonly region: Region;
  readonly carrier: Carrier;
}

/** Hands an order's parcel to a carrier. A warehouse sends one parcel per order. */
export async function createShipment(
  database: Kysely<Tables>,
  wish: ShipmentWish,
): Promise<Outcome<ShipmentRow>> {
  const empty = (['orderId', 'warehouseId'] as const).filter((field) => wish[field] === '');
  if (empty.length > 0) {
    return refuse(...empty.map((field) => userError('EMPTY', 'An id is never empty.', field)));
  }
  return database.transaction().execute(async (transaction) => {
    const shipment = await insertShipment(transaction, {
      ...wish,
      id: newId('shipment'),
      trackingNumber: newTrackingNumber(wish.carrier),
      status: 'CREATED',
      deliveredAt: null,
    });
    if (!shipment) {
      const message = 'This warehouse has sent a parcel for this order already.';
      return refuse(userError('ALREADY_SENT', message, 'orderId'));
    }
    await insertTrackingEvent(transaction, {
      shipmentId: shipment.id,
      status: 'CREATED',
      location: wish.region,
    });
    return succeed(shipment);
  });
}
