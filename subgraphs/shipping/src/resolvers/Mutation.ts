import { makePayload } from '@trellis/kit/user-error';
import { createShipment } from '../create-shipment.ts';
import type { MutationResolvers } from '../generated/resolver-types.ts';
import { recordTrackingEvent } from '../record-tracking-event.ts';

export const Mutation: MutationResolvers = {
  createShipment: async (_parent, { input }, { database }) =>
    makePayload(await createShipment(database, input), (shipment) => ({ shipment })),

  recordTrackingEvent: async (_parent, { input }, { database }) =>
    makePayload(await recordTrackingEvent(database, input), (shipment) => ({ shipment })),
};
