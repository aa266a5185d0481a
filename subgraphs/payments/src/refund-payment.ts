import { newId } from '@trellis/kit/seed-id';
import { refuse, succeed, userError, type Outcome, type UserError } from '@trellis/kit/user-error';
import type { Kysely } from 'kysely';
import type { PaymentProvider } from './payment-provider.ts';
import { canBeRefunded } from './payment-status.ts';
import { lockPayment, updatePayment, type PaymentRow } from './payments-table.ts';
import { insertRefund, selectRefundByRequest, type RefundRow } from './refunds-table.ts';
import type { Tables } from './tables.ts';

export interface RefundWish {
  /** Made by the client: the same request gives back once, however often it is sent. */
  readonly requestId: string;
  readonly paymentId: string;
  /** In the smallest unit of the payment's currency; all that is left when absent. */
  readonly amount?: number | null | undefined;
  readonly reason?: string | null | undefined;
}

export interface RefundedPayment {
  readonly payment: PaymentRow;
  readonly refund: RefundRow;
}

/** Gives back all or a part of what was taken, never more than that. */
export async function refundPayment(
  database: Kysely<Tables>,
  provider: PaymentProvider,
  wish: RefundWish,
): Promise<Outcome<RefundedPayment>> {
  if (wish.requestId === '') {
    return refuse(userError('INVALID', 'A request id has at least 1 character.', 'requestId'));
  }
  return database.transaction().execute(async (transaction) => {
    // The lock makes equal requests wait for each other: the second one finds what the first one wrote.
    const payment = await lockPayment(transaction, wish.paymentId);
    if (!payment) return refuse(userError('NOT_FOUND', 'There is no such payment.', 'paymentId'));
    const made = await selectRefundByRequest(transaction, wish);
    if (made) return succeed({ payment, refund: made });
    const left = payment.amount - payment.refundedAmount;
    const amount = wish.amount ?? left;
    const obstacle = findObstacle(payment, amount, left);
    if (obstacle) return refuse(obstacle);
    return succeed(await giveBack(transaction, provider, { payment, amount, wish }));
  });
}

function findObstacle(payment: PaymentRow, amount: number, left: number): UserError | undefined {
  if (!canBeRefunded(payment.status)) {
    const message = `A payment that is ${payment.status} cannot be refunded.`;
    return userError('WRONG_STATUS', message, 'paymentId');
  }
  if (amount < 1 || amount > left) {
    return userError('OUT_OF_RANGE', `Between 1 and ${left} can be given back.`, 'amount');
  }
  return undefined;
}

async function giveBack(
  transaction: Kysely<Tables>,
  provider: PaymentProvider,
  { payment, amount, wish }: { payment: PaymentRow; amount: number; wish: RefundWish },
): Promise<RefundedPayment> {
  const refund = await insertRefund(transaction, {
    id: newId('refund'),
    paymentId: payment.id,
    requestId: wish.requestId,
    amount,
    currency: payment.currency,
    reason: wish.reason ?? null,
  });
  const reference = payment.providerReference;
  if (reference === null) throw new Error(`captured payment ${payment.id} has no reference`);
  await provider.refund({ reference, refundId: refund.id, amount });
  const refundedAmount = payment.refundedAmount + amount;
  const status = refundedAmount === payment.amount ? 'REFUNDED' : 'PARTIALLY_REFUNDED';
  return {
    refund,
    payment: await updatePayment(transaction, payment.id, { refundedAmount, status }),
  };
}
