import { loadByForeignKey, loadById } from '@trellis/kit/load-by';
import type { RequestScope } from '@trellis/kit/request-scope';
import type { Kysely } from 'kysely';
import { selectPaymentMethodsById, selectPaymentMethodsByOwner } from './payment-methods-table.ts';
import { selectPaymentsById, selectPaymentsByOrder } from './payments-table.ts';
import { selectRefundsById, selectRefundsByPayment } from './refunds-table.ts';
import type { Tables } from './tables.ts';

export type Loaders = ReturnType<typeof createLoaders>;

/** Every DataLoader of this service, for one request. */
export function createLoaders(request: RequestScope, database: Kysely<Tables>) {
  return {
    paymentById: loadById(request, {
      rows: (ids: readonly string[]) => selectPaymentsById(database, ids),
      key: (payment) => payment.id,
    }),
    paymentsFor: loadByForeignKey(request, {
      rows: (orderIds: readonly string[]) => selectPaymentsByOrder(database, orderIds),
      key: (payment) => payment.orderId,
    }),
    methodById: loadById(request, {
      rows: (ids: readonly string[]) => selectPaymentMethodsById(database, ids),
      key: (method) => method.id,
    }),
    methodsOf: loadByForeignKey(request, {
      rows: (ownerIds: readonly string[]) => selectPaymentMethodsByOwner(database, ownerIds),
      key: (method) => method.ownerId,
    }),
    refundById: loadById(request, {
      rows: (ids: readonly string[]) => selectRefundsById(database, ids),
      key: (refund) => refund.id,
    }),
    refundsOf: loadByForeignKey(request, {
      rows: (paymentIds: readonly string[]) => selectRefundsByPayment(database, paymentIds),
      key: (refund) => refund.paymentId,
    }),
  };
}
