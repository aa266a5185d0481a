import { resolveReferenceBy } from '@trellis/kit/reference';
import type { Context } from '../context.ts';
import type {
  BankAccountResolvers,
  CardResolvers,
  PaymentMethodResolvers,
  WalletResolvers,
} from '../generated/resolver-types.ts';
import type { PaymentMethodRow } from '../payment-methods-table.ts';
import type { PaymentMethodKind } from '../tables.ts';

export const PaymentMethod: PaymentMethodResolvers = {
  __resolveType: (method) => method.kind,
};

export const BankAccount: BankAccountResolvers = {
  __resolveReference: resolveReferenceOfKind('BankAccount'),
};

export const Card: CardResolvers = {
  __resolveReference: resolveReferenceOfKind('Card'),
  brand: (card) => given(card, 'cardBrand'),
};

export const Wallet: WalletResolvers = {
  __resolveReference: resolveReferenceOfKind('Wallet'),
  provider: (wallet) => given(wallet, 'walletProvider'),
};

/** One of another kind is not found, whatever the reference calls it. */
function resolveReferenceOfKind(kind: PaymentMethodKind) {
  return resolveReferenceBy<Context, PaymentMethodRow>({
    fields: ['id'],
    find: async ({ id = '' }, { load }) => {
      const method = await load.methodById.load(id);
      return method?.kind === kind ? method : null;
    },
  });
}

/** A column that the table's check keeps from being null for this kind. */
function given<Column extends keyof PaymentMethodRow>(
  method: PaymentMethodRow,
  column: Column,
): NonNullable<PaymentMethodRow[Column]> {
  const value = method[column];
  if (value === null || value === undefined) throw new Error(`${method.id} lacks its ${column}`);
  return value;
}
