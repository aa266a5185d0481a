import type { Resolvers } from './generated/resolver-types.ts';
import { Mutation } from './resolvers/Mutation.ts';
import { Order } from './resolvers/Order.ts';
import { Query } from './resolvers/Query.ts';
import { Shipment } from './resolvers/Shipment.ts';

export const resolvers: Resolvers = { Mutation, Order, Query, Shipment };
