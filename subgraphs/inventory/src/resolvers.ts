import type { Resolvers } from './generated/resolver-types.ts';
import { Mutation } from './resolvers/Mutation.ts';
import { Product } from './resolvers/Product.ts';
import { Query } from './resolvers/Query.ts';
import { StockLevel } from './resolvers/StockLevel.ts';
import { Warehouse } from './resolvers/Warehouse.ts';

export const resolvers: Resolvers = { Mutation, Product, Query, StockLevel, Warehouse };
