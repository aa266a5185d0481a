import { sql, type Insertable, type Kysely, type Selectable } from 'kysely';
import type { OrderLinesTable, Tables } from './tables.ts';

export type OrderLineRow = Selectable<OrderLinesTable>;

export function selectOrderLinesById(
  database: Kysely<Tables>,
  ids: readonly string[],
): Promise<OrderLineRow[]> {
  return database
    .selectFrom('orderLines')
    .selectAll()
    .where('id', '=', sql<string>`any(${ids})`)
    .execute();
}

/** The lines of many orders, each order's as the customer gave them. */
export function selectOrderLinesByOrder(
  database: Kysely<Tables>,
  orderIds: readonly string[],
): Promise<OrderLineRow[]> {
  return database
    .selectFrom('orderLines')
    .selectAll()
    .where('orderId', '=', sql<string>`any(${orderIds})`)
    .orderBy('orderId')
    .orderBy('position')
    .execute();
}

/** How many of each product were sold in orders that were not cancelled; a product never sold is absent. */
export function sumSoldQuantities(
  database: Kysely<Tables>,
  productIds: readonly string[],
): Promise<{ productId: string; sold: number }[]> {
  return database
    .selectFrom('orderLines')
    .innerJoin('orders', 'orders.id', 'orderLines.orderId')
    .select((query) => [
      'orderLines.productId',
      query.fn.sum<number>('orderLines.quantity').as('sold'),
    ])
    .where('orderLines.productId', '=', sql<string>`any(${productIds})`)
    .where('orders.status', '<>', 'CANCELLED')
    .groupBy('orderLines.productId')
    .execute();
}

export async function insertOrderLines(
  database: Kysely<Tables>,
  lines: readonly Insertable<OrderLinesTable>[],
): Promise<void> {
  await database.insertInto('orderLines').values(lines).execute();
}
