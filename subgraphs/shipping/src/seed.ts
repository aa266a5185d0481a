import { insertRows } from '@trellis/kit/insert-rows';
import type { FillTables } from '@trellis/kit/seed';
import { seedId } from '@trellis/kit/seed-id';
import { createSeedRandom } from '@trellis/kit/seed-random';
import {
  seededCounts,
  seededNow,
  seededOrder,
  seededWarehouses,
  type SeededOrder,
  type SeededRegion,
} from '@trellis/kit/seeded-shop';
import type { ShipmentStatus } from './shipment-status.ts';
import type { Carrier } from './tables.ts';
import { writeTrackingNumber } from './tracking-number.ts';

const carriers: Readonly<Record<SeededRegion, readonly Carrier[]>> = {
  APAC: ['DHL', 'FEDEX'],
  EU_CENTRAL: ['DHL', 'UPS'],
  EU_NORTH: ['POSTNORD', 'DHL'],
  NA_EAST: ['UPS', 'FEDEX'],
  NA_WEST: ['UPS', 'FEDEX'],
};

interface SeededShipment {
  readonly row: Readonly<Record<string, string | Date | null>>;
  readonly events: readonly Readonly<Record<string, string | number | Date>>[];
}

/** One parcel for every order of the example shop that has left and needs one. */
export const seed: FillTables = async (client) => {
  const shipments = Array.from({ length: seededCounts.orders }, (_, index) =>
    makeShipment(seededOrder(index), index),
  ).filter((shipment) => shipment !== undefined);
  await insertRows(
    client,
    'shipments',
    shipments.map(({ row }) => row),
  );
  await insertRows(
    client,
    'tracking_events',
    shipments.flatMap(({ events }) => events),
  );
};

function makeShipment(order: SeededOrder, index: number): SeededShipment | undefined {
  const createdAt = order.history.find(({ status }) => status === 'SHIPPED')?.changedAt;
  if (!createdAt || !order.needsParcel) return undefined;
  const deliveredAt = order.history.find(({ status }) => status === 'DELIVERED')?.changedAt;
  const carrier = createSeedRandom(`shipment ${index}`).pick(carriers[order.region]);
  const id = seedId('shipment', index);
  const events = makeEvents(order, createdAt, deliveredAt);
  return {
    row: {
      id,
      tracking_number: writeTrackingNumber(carrier, index),
      carrier,
      status: events.at(-1)?.status ?? 'CREATED',
      order_id: order.id,
      warehouse_id: order.warehouseId,
      region: order.region,
      created_at: createdAt,
      delivered_at: deliveredAt ?? null,
    },
    events: events.map((event, position) => ({
      shipment_id: id,
      position,
      status: event.status,
      location: event.location,
      happened_at: event.at,
    })),
  };
}

/** From the warehouse to the door in four steps; the way of a young shipment ends at `seededNow`. */
function makeEvents(order: SeededOrder, createdAt: Date, deliveredAt: Date | undefined) {
  const city = seededWarehouses.find(({ id }) => id === order.warehouseId)?.name ?? order.region;
  const end = deliveredAt ?? new Date(createdAt.getTime() + 72 * 3_600_000);
  const after = (share: number): Date =>
    new Date(createdAt.getTime() + Math.round((end.getTime() - createdAt.getTime()) * share));
  const steps: { status: ShipmentStatus; location: string; at: Date }[] = [
    { status: 'CREATED', location: `Warehouse ${city}`, at: createdAt },
    { status: 'IN_TRANSIT', location: `Hub ${city}`, at: after(0.2) },
    { status: 'OUT_FOR_DELIVERY', location: 'Delivery depot', at: after(0.9) },
    { status: 'DELIVERED', location: 'At the door', at: end },
  ];
  return steps.filter(({ status, at }) =>
    status === 'DELIVERED' ? deliveredAt !== undefined : at < seededNow,
  );
}
