import { sql, type Insertable, type Kysely, type Selectable } from 'kysely';
import type { RefundsTable, Tables } from './tables.ts';

export type RefundRow = Selectable<RefundsTable>;

export function selectRefundsById(
  database: Kysely<Tables>,
  ids: readonly string[],
): Promise<RefundRow[]> {
  return database
    .selectFrom('refunds')
    .selectAll()
    .where('id', '=', sql<string>`any(${ids})`)
    .execute();
}

/** What was given back of many payments, oldest first. */
export function selectRefundsByPayment(
  database: Kysely<Tables>,
  paymentIds: readonly string[],
): Promise<RefundRow[]> {
  return database
    .selectFrom('refunds')
    .selectAll()
    .where('paymentId', '=', sql<string>`any(${paymentIds})`)
    .orderBy('paymentId')
    .orderBy('refundedAt')
    .orderBy('id')
    .execute();
}

/** @returns the refund that this request has made of this payment; undefined when it has not yet */
export function selectRefundByRequest(
  database: Kysely<Tables>,
  { paymentId, requestId }: { readonly paymentId: string; readonly requestId: string },
): Promise<RefundRow | undefined> {
  return database
    .selectFrom('refunds')
    .selectAll()
    .where('paymentId', '=', paymentId)
    .where('requestId', '=', requestId)
    .executeTakeFirst();
}

export function insertRefund(
  database: Kysely<Tables>,
  refund: Insertable<RefundsTable>,
): Promise<RefundRow> {
  return database.insertInto('refunds').values(refund).returningAll().executeTakeFirstOrThrow();
}
