import type { Resolvers } from './generated/resolver-types.ts';
import { Mutation } from './resolvers/Mutation.ts';
import { Product } from './resolvers/Product.ts';
import { Query } from './resolvers/Query.ts';
import { Review } from './resolvers/Review.ts';
import { User } from './resolvers/User.ts';

export const resolvers: Resolvers = { Mutation, Product, Query, Review, User };
