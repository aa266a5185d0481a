import type { Resolvers } from './generated/resolver-types.ts';
import { Mutation } from './resolvers/Mutation.ts';
import { Order } from './resolvers/Order.ts';
import { OrderLine } from './resolvers/OrderLine.ts';
import { Product } from './resolvers/Product.ts';
import { Query } from './resolvers/Query.ts';
import { User } from './resolvers/User.ts';

export const resolvers: Resolvers = { Mutation, Order, OrderLine, Product, Query, User };
