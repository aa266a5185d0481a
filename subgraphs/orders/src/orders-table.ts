import type { Connection } from '@trellis/kit/connection';
import type { Page } from '@trellis/kit/page';
import {
  selectPage,
  selectPagesByParent,
  type PagedRow,
  type PageOrder,
} from '@trellis/kit/select-page';
import { sql, type Insertable, type Kysely, type Selectable } from 'kysely';
import type { OrderStatus } from './order-status.ts';
import type { OrdersTable, Tables } from './tables.ts';

export type OrderRow = Selectable<OrdersTable>;
export type OrderPage = Connection<OrderRow>;
export type OrderFilter = { readonly status?: OrderStatus | undefined };

const newestFirst: PageOrder = { column: 'placedAt', direction: 'desc' };

export function selectOrdersById(
  database: Kysely<Tables>,
  ids: readonly string[],
): Promise<OrderRow[]> {
  return database
    .selectFrom('orders')
    .selectAll()
    .where('id', '=', sql<string>`any(${ids})`)
    .execute();
}

export function selectOrdersByNumber(
  database: Kysely<Tables>,
  numbers: readonly string[],
): Promise<OrderRow[]> {
  return database
    .selectFrom('orders')
    .selectAll()
    .where('number', '=', sql<string>`any(${numbers})`)
    .execute();
}

/** @returns the order that this request of this customer has placed; undefined when it has not yet */
export function selectOrderByRequest(
  database: Kysely<Tables>,
  { customerId, requestId }: { readonly customerId: string; readonly requestId: string },
): Promise<OrderRow | undefined> {
  return database
    .selectFrom('orders')
    .selectAll()
    .where('customerId', '=', customerId)
    .where('requestId', '=', requestId)
    .executeTakeFirst();
}

export function selectOrderPage(
  database: Kysely<Tables>,
  page: Page,
  filter: OrderFilter,
): Promise<readonly PagedRow<OrderRow>[]> {
  const from = filteredOrders(database, filter).selectAll();
  return selectPage(database, { from, order: newestFirst, page });
}

export async function countOrders(database: Kysely<Tables>, filter: OrderFilter): Promise<number> {
  const { count } = await filteredOrders(database, filter)
    .select((query) => query.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return count;
}

/** The same page of many customers' orders. */
export function selectOrderPagesByCustomer(
  database: Kysely<Tables>,
  customerIds: readonly string[],
  { page, filter }: { readonly page: Page; readonly filter: OrderFilter },
): Promise<ReadonlyMap<string, readonly PagedRow<OrderRow>[]>> {
  return selectPagesByParent(database, {
    parents: customerIds,
    from: (customerId) =>
      filteredOrders(database, filter).selectAll().where('customerId', '=', customerId),
    order: newestFirst,
    page,
  });
}

export function countOrdersByCustomer(
  database: Kysely<Tables>,
  customerIds: readonly string[],
  filter: OrderFilter,
): Promise<{ parent: string; count: number }[]> {
  return filteredOrders(database, filter)
    .select((query) => ['customerId as parent', query.fn.countAll<number>().as('count')])
    .where('customerId', '=', sql<string>`any(${customerIds})`)
    .groupBy('customerId')
    .execute();
}

/** @returns undefined, and writes nothing, when the same request of the same customer has placed an order already */
export function insertOrder(
  database: Kysely<Tables>,
  order: Insertable<OrdersTable>,
): Promise<OrderRow | undefined> {
  return database
    .insertInto('orders')
    .values(order)
    .onConflict((conflict) => conflict.columns(['customerId', 'requestId']).doNothing())
    .returningAll()
    .executeTakeFirst();
}

/** Reads an order and keeps others from changing it until the transaction ends. */
export function lockOrder(database: Kysely<Tables>, id: string): Promise<OrderRow | undefined> {
  return database
    .selectFrom('orders')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
}

export function updateOrderStatus(
  database: Kysely<Tables>,
  id: string,
  status: OrderStatus,
): Promise<OrderRow> {
  return database
    .updateTable('orders')
    .set({ status })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

function filteredOrders(database: Kysely<Tables>, { status }: OrderFilter) {
  return database
    .selectFrom('orders')
    .$if(status !== undefined, (query) => query.where('status', '=', status as OrderStatus));
}
