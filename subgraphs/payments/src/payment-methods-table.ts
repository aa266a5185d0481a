import { sql, type Kysely, type Selectable } from 'kysely';
import type { PaymentMethodsTable, Tables } from './tables.ts';

export type PaymentMethodRow = Selectable<PaymentMethodsTable>;

export function selectPaymentMethodsById(
  database: Kysely<Tables>,
  ids: readonly string[],
): Promise<PaymentMethodRow[]> {
  return database
    .selectFrom('paymentMethods')
    .selectAll()
    .where('id', '=', sql<string>`any(${ids})`)
    .execute();
}

/** The ways in which many users pay, each one's in the order of adding. */
export function selectPaymentMethodsByOwner(
  database: Kysely<Tables>,
  ownerIds: readonly string[],
): Promise<PaymentMethodRow[]> {
  return database
    .selectFrom('paymentMethods')
    .selectAll()
    .where('ownerId', '=', sql<string>`any(${ownerIds})`)
    .orderBy('ownerId')
    .orderBy('position')
    .execute();
}
