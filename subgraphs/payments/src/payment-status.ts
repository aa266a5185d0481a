/** Where a payment stands. */
export type PaymentStatus =
  'AUTHORIZED' | 'CAPTURED' | 'DECLINED' | 'FAILED' | 'PARTIALLY_REFUNDED' | 'REFUNDED';

/** Only what was held can be taken, once. */
export function canBeCaptured(status: PaymentStatus): boolean {
  return status === 'AUTHORIZED';
}

/** Only what was taken can be given back, until all of it is. */
export function canBeRefunded(status: PaymentStatus): boolean {
  return status === 'CAPTURED' || status === 'PARTIALLY_REFUNDED';
}

/** Whether the money, or a part of it, is with us. */
export function isPaid(status: PaymentStatus): boolean {
  return canBeRefunded(status);
}
