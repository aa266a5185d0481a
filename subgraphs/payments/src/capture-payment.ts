import { refuse, succeed, userError, type Outcome } from '@trellis/kit/user-error';
import type { Kysely } from 'kysely';
import type { PaymentProvider } from './payment-provider.ts';
import { canBeCaptured } from './payment-status.ts';
import { lockPayment, updatePayment, type PaymentRow } from './payments-table.ts';
import type { Tables } from './tables.ts';

/** Takes what was held. A payment that was captured before is answered as it is: nothing is taken twice. */
export async function capturePayment(
  database: Kysely<Tables>,
  provider: PaymentProvider,
  { paymentId }: { readonly paymentId: string },
): Promise<Outcome<PaymentRow>> {
  return database.transaction().execute(async (transaction) => {
    const payment = await lockPayment(transaction, paymentId);
    if (!payment) return refuse(userError('NOT_FOUND', 'There is no such payment.', 'paymentId'));
    if (payment.status === 'CAPTURED') return succeed(payment);
    if (!canBeCaptured(payment.status) || payment.providerReference === null) {
      const message = `A payment that is ${payment.status} cannot be captured.`;
      return refuse(userError('WRONG_STATUS', message, 'paymentId'));
    }
    await provider.capture({ reference: payment.providerReference });
    const change = { status: 'CAPTURED', capturedAt: new Date() } as const;
    return succeed(await updatePayment(transaction, paymentId, change));
  });
}
