import { newId } from '@trellis/kit/seed-id';
import { signedInUser } from '@trellis/kit/signed-in-user';
import { refuse, succeed, userError, type Outcome } from '@trellis/kit/user-error';
import type { Identity } from '@trellis/platform/identity';
import type { Kysely } from 'kysely';
import { selectPaymentMethodsById } from './payment-methods-table.ts';
import type { PaymentProvider } from './payment-provider.ts';
import {
  insertPayment,
  selectPaymentByRequest,
  updatePayment,
  type PaymentRow,
} from './payments-table.ts';
import type { Tables } from './tables.ts';

export interface PaymentWish {
  /** Made by the client: the same request holds the amount once, however often it is sent. */
  readonly requestId: string;
  readonly orderId: string;
  readonly paymentMethodId: string;
  /** In the smallest unit of the currency. */
  readonly amount: number;
  readonly currency: string;
}

export interface Payer {
  readonly identity: Identity;
  readonly provider: PaymentProvider;
}

const maxRequestIdLength = 100;

/**
 * Asks the provider to hold an amount, by one of the caller's own methods of payment. A refusal of the provider is a
 * payment too, DECLINED or FAILED: it happened. The same request again answers the payment it made the first time.
 */
export async function authorizePayment(
  database: Kysely<Tables>,
  { identity, provider }: Payer,
  wish: PaymentWish,
): Promise<Outcome<PaymentRow>> {
  const payer = signedInUser(identity);
  if (!payer.ok) return payer;
  const payerId = payer.result;
  if (wish.requestId === '' || wish.requestId.length > maxRequestIdLength) {
    const message = `A request id has 1 to ${maxRequestIdLength} characters.`;
    return refuse(userError('INVALID', message, 'requestId'));
  }
  if (wish.amount < 1) {
    return refuse(userError('OUT_OF_RANGE', 'An amount is at least 1.', 'amount'));
  }
  const made = await selectPaymentByRequest(database, { payerId, requestId: wish.requestId });
  if (made) return succeed(made);
  const [method] = await selectPaymentMethodsById(database, [wish.paymentMethodId]);
  if (method?.ownerId !== payerId) {
    const message = 'You have no such method of payment.';
    return refuse(userError('NOT_FOUND', message, 'paymentMethodId'));
  }
  return succeed(await holdAmount(database, provider, { ...wish, payerId }));
}

/**
 * The id is written before the provider is asked, in the same transaction: of two equal requests at the same moment
 * the second waits for the first and never asks. If we die in between nothing is written, and what the provider held
 * under an id that nobody knows lapses there.
 */
async function holdAmount(
  database: Kysely<Tables>,
  provider: PaymentProvider,
  wish: PaymentWish & { readonly payerId: string },
): Promise<PaymentRow> {
  const { payerId, requestId } = wish;
  return database.transaction().execute(async (transaction) => {
    const id = newId('payment');
    const { amount, currency } = wish;
    const written = await insertPayment(transaction, {
      id,
      orderId: wish.orderId,
      payerId,
      methodId: wish.paymentMethodId,
      requestId,
      status: 'FAILED',
      amount,
      currency,
      providerReference: null,
      authorizedAt: null,
      capturedAt: null,
    });
    if (!written) {
      const made = await selectPaymentByRequest(transaction, { payerId, requestId });
      if (!made) throw new Error('the payment of an equal request is gone again');
      return made;
    }
    const { outcome, reference } = await provider.authorize({ paymentId: id, amount, currency });
    return updatePayment(transaction, id, {
      status: outcome,
      providerReference: reference ?? null,
      authorizedAt: outcome === 'AUTHORIZED' ? new Date() : null,
    });
  });
}
