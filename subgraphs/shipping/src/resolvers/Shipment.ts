import { resolveReferenceBy } from '@trellis/kit/reference';
import type { Context } from '../context.ts';
import type { ShipmentResolvers } from '../generated/resolver-types.ts';
import type { ShipmentRow } from '../shipments-table.ts';

export const Shipment: ShipmentResolvers = {
  __resolveReference: resolveReferenceBy<Context, ShipmentRow>(
    { fields: ['id'], find: ({ id = '' }, { load }) => load.shipmentById.load(id) },
    {
      fields: ['trackingNumber'],
      find: ({ trackingNumber = '' }, { load }) =>
        load.shipmentByTrackingNumber.load(trackingNumber),
    },
  ),
  order: (shipment) => ({ id: shipment.orderId }),
  warehouse: (shipment) => ({ id: shipment.warehouseId }),
  trackingEvents: (shipment, _args, { load }) => load.trackingEventsOf.load(shipment.id),
};
