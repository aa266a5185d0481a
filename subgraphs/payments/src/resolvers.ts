import type { Resolvers } from './generated/resolver-types.ts';
import { Mutation } from './resolvers/Mutation.ts';
import { Order } from './resolvers/Order.ts';
import { Payment } from './resolvers/Payment.ts';
import { BankAccount, Card, PaymentMethod, Wallet } from './resolvers/PaymentMethod.ts';
import { Query } from './resolvers/Query.ts';
import { Refund } from './resolvers/Refund.ts';
import { User } from './resolvers/User.ts';

export const resolvers: Resolvers = {
  BankAccount,
  Card,
  Mutation,
  Order,
  Payment,
  PaymentMethod,
  Query,
  Refund,
  User,
  Wallet,
};
