import { refuse, succeed, userError, type Outcome } from '@trellis/kit/user-error';
import type { Kysely } from 'kysely';
import { canFollow, type ShipmentStatus } from './shipment-status.ts';
import { lockShipment, updateShipmentStatus, type ShipmentRow } from './shipments-table.ts';
import type { Tables } from './tables.ts';
import { insertTrackingEvent } from './tracking-events-table.ts';

export interface TrackingReport {
  readonly shipmentId: string;
  readonly status: ShipmentStatus;
  readonly location: string;
}

const maxLocationLength = 200;

/** Notes what a carrier reports on a parcel's way; reports that cannot follow what was reported before are refused. */
export async function recordTrackingEvent(
  database: Kysely<Tables>,
  report: TrackingReport,
): Promise<Outcome<ShipmentRow>> {
  const location = report.location.trim();
  if (location === '' || location.length > maxLocationLength) {
    const message = `A location has 1 to ${maxLocationLength} characters.`;
    return refuse(userError('INVALID', message, 'location'));
  }
  return database.transaction().execute(async (transaction) => {
    const shipment = await lockShipment(transaction, report.shipmentId);
    if (!shipment) {
      return refuse(userError('NOT_FOUND', 'There is no such shipment.', 'shipmentId'));
    }
    if (!canFollow(shipment.status, report.status)) {
      const message = `A shipment that is ${shipment.status} cannot become ${report.status}.`;
      return refuse(userError('WRONG_STATUS', message, 'status'));
    }
    await insertTrackingEvent(transaction, { ...report, location });
    return succeed(await updateShipmentStatus(transaction, shipment.id, report.status));
  });
}
