import { makeConnection } from '@trellis/kit/connection';
import { exactlyOne } from '@trellis/kit/exactly-one';
import { readPage } from '@trellis/kit/page';
import type { QueryResolvers } from '../generated/resolver-types.ts';
import { countShipments, selectShipmentPage } from '../shipments-table.ts';

export const Query: QueryResolvers = {
  shipment: (_parent, { id, trackingNumber }, { load }) => {
    const { name, value } = exactlyOne({ id, trackingNumber });
    return (name === 'id' ? load.shipmentById : load.shipmentByTrackingNumber).load(value);
  },

  shipments: async (_parent, { region, status, ...args }, { database }) => {
    const page = readPage(args);
    const filter = { region: region ?? undefined, status: status ?? undefined };
    const rows = await selectShipmentPage(database, page, filter);
    return makeConnection(page, rows, () => countShipments(database, filter));
  },
};
