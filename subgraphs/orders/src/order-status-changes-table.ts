import { sql, type Kysely, type Selectable } from 'kysely';
import type { OrderStatus } from './order-status.ts';
import type { OrderStatusChangesTable, Tables } from './tables.ts';

export type OrderStatusChangeRow = Selectable<OrderStatusChangesTable>;

/** What happened to many orders, oldest first. */
export function selectStatusChanges(
  database: Kysely<Tables>,
  orderIds: readonly string[],
): Promise<OrderStatusChangeRow[]> {
  return database
    .selectFrom('orderStatusChanges')
    .selectAll()
    .where('orderId', '=', sql<string>`any(${orderIds})`)
    .orderBy('orderId')
    .orderBy('position')
    .execute();
}

/** Writes what happened to an order after all that happened before, within the transaction that changes it. */
export async function insertStatusChange(
  database: Kysely<Tables>,
  change: {
    readonly orderId: string;
    readonly status: OrderStatus;
    readonly reason: string | null;
  },
): Promise<void> {
  await database
    .insertInto('orderStatusChanges')
    .values((query) => ({
      ...change,
      position: query
        .selectFrom('orderStatusChanges')
        .select(sql<number>`count(*)::integer`.as('position'))
        .where('orderId', '=', change.orderId),
    }))
    .execute();
}
