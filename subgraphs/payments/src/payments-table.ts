import type { Connection } from '@trellis/kit/connection';
import type { Page } from '@trellis/kit/page';
import { selectPage, type PagedRow, type PageOrder } from '@trellis/kit/select-page';
import { sql, type Insertable, type Kysely, type Selectable, type Updateable } from 'kysely';
import type { PaymentStatus } from './payment-status.ts';
import type { PaymentsTable, Tables } from './tables.ts';

export type PaymentRow = Selectable<PaymentsTable>;
export type PaymentPage = Connection<PaymentRow>;
export type PaymentFilter = { readonly status?: PaymentStatus | undefined };

const newestFirst: PageOrder = { column: 'createdAt', direction: 'desc' };

export function selectPaymentsById(
  database: Kysely<Tables>,
  ids: readonly string[],
): Promise<PaymentRow[]> {
  return database
    .selectFrom('payments')
    .selectAll()
    .where('id', '=', sql<string>`any(${ids})`)
    .execute();
}

/** The payments for many orders, oldest first. */
export function selectPaymentsByOrder(
  database: Kysely<Tables>,
  orderIds: readonly string[],
): Promise<PaymentRow[]> {
  return database
    .selectFrom('payments')
    .selectAll()
    .where('orderId', '=', sql<string>`any(${orderIds})`)
    .orderBy('orderId')
    .orderBy('createdAt')
    .orderBy('id')
    .execute();
}

/** @returns the payment that this request of this payer has made; undefined when it has not yet */
export function selectPaymentByRequest(
  database: Kysely<Tables>,
  { payerId, requestId }: { readonly payerId: string; readonly requestId: string },
): Promise<PaymentRow | undefined> {
  return database
    .selectFrom('payments')
    .selectAll()
    .where('payerId', '=', payerId)
    .where('requestId', '=', requestId)
    .executeTakeFirst();
}

export function selectPaymentPage(
  database: Kysely<Tables>,
  page: Page,
  filter: PaymentFilter,
): Promise<readonly PagedRow<PaymentRow>[]> {
  const from = filteredPayments(database, filter).selectAll();
  return selectPage(database, { from, order: newestFirst, page });
}

export async function countPayments(
  database: Kysely<Tables>,
  filter: PaymentFilter,
): Promise<number> {
  const { count } = await filteredPayments(database, filter)
    .select((query) => query.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return count;
}

/** @returns undefined, and writes nothing, when the same request of the same payer has made a payment already */
export function insertPayment(
  database: Kysely<Tables>,
  payment: Insertable<PaymentsTable>,
): Promise<PaymentRow | undefined> {
  return database
    .insertInto('payments')
    .values(payment)
    .onConflict((conflict) => conflict.columns(['payerId', 'requestId']).doNothing())
    .returningAll()
    .executeTakeFirst();
}

/** Reads a payment and keeps others from changing it until the transaction ends. */
export function lockPayment(database: Kysely<Tables>, id: string): Promise<PaymentRow | undefined> {
  return database
    .selectFrom('payments')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
}

export function updatePayment(
  database: Kysely<Tables>,
  id: string,
  change: Updateable<PaymentsTable>,
): Promise<PaymentRow> {
  return database
    .updateTable('payments')
    .set(change)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

function filteredPayments(database: Kysely<Tables>, { status }: PaymentFilter) {
  return database
    .selectFrom('payments')
    .$if(status !== undefined, (query) => query.where('status', '=', status as PaymentStatus));
}
