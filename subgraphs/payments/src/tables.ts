import type { Generated } from 'kysely';
import type { PaymentStatus } from './payment-status.ts';

/** The tables of this service, in the names that rows have in code. */
export interface Tables {
  paymentMethods: PaymentMethodsTable;
  payments: PaymentsTable;
  refunds: RefundsTable;
}

export type PaymentMethodKind = 'BankAccount' | 'Card' | 'Wallet';

/** The columns of other kinds than the row's own are null: a check of the table sees to it. */
export interface PaymentMethodsTable {
  id: string;
  ownerId: string;
  kind: PaymentMethodKind;
  /** The order in which the owner added them. */
  position: number;
  cardBrand: 'AMEX' | 'MASTERCARD' | 'VISA' | null;
  lastFourDigits: string | null;
  expiryMonth: number | null;
  expiryYear: number | null;
  bankName: string | null;
  maskedIban: string | null;
  walletProvider: string | null;
  accountEmail: string | null;
}

/** Amounts are in the smallest unit of the currency. */
export interface PaymentsTable {
  id: string;
  orderId: string;
  payerId: string;
  methodId: string;
  /** Made by the client: the same request holds the amount once, however often it is sent. */
  requestId: string;
  status: PaymentStatus;
  amount: number;
  currency: string;
  refundedAmount: Generated<number>;
  providerReference: string | null;
  createdAt: Generated<Date>;
  authorizedAt: Date | null;
  capturedAt: Date | null;
}

export interface RefundsTable {
  id: string;
  paymentId: string;
  requestId: string;
  amount: number;
  currency: string;
  reason: string | null;
  refundedAt: Generated<Date>;
}
