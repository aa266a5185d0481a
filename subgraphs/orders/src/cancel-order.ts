import { refuse, succeed, userError, type Outcome } from '@trellis/kit/user-error';
import type { Identity } from '@trellis/platform/identity';
import type { Kysely } from 'kysely';
import { canSeeOrder } from './can-see-order.ts';
import { insertStatusChange } from './order-status-changes-table.ts';
import { canFollow } from './order-status.ts';
import { lockOrder, updateOrderStatus, type OrderRow } from './orders-table.ts';
import type { Tables } from './tables.ts';

export interface Cancellation {
  readonly orderId: string;
  readonly reason?: string | null | undefined;
}

const maxReasonLength = 500;

/** Cancels an order that has not left yet. Somebody else's order is as unknown as one that never was. */
export async function cancelOrder(
  database: Kysely<Tables>,
  identity: Identity,
  { orderId, reason = null }: Cancellation,
): Promise<Outcome<OrderRow>> {
  if (reason !== null && reason.length > maxReasonLength) {
    const message = `A reason has at most ${maxReasonLength} characters.`;
    return refuse(userError('TOO_LONG', message, 'reason'));
  }
  return database.transaction().execute(async (transaction) => {
    const order = await lockOrder(transaction, orderId);
    if (!order || !canSeeOrder(identity, order)) {
      return refuse(userError('NOT_FOUND', 'There is no such order.', 'orderId'));
    }
    if (!canFollow(order.status, 'CANCELLED')) {
      const message = `An order that is ${order.status} cannot be cancelled.`;
      return refuse(userError('WRONG_STATUS', message, 'orderId'));
    }
    await insertStatusChange(transaction, { orderId, status: 'CANCELLED', reason });
    return succeed(await updateOrderStatus(transaction, orderId, 'CANCELLED'));
  });
}
