import type { Resolvers } from './generated/resolver-types.ts';
import { Address } from './resolvers/Address.ts';
import { Mutation } from './resolvers/Mutation.ts';
import { Query } from './resolvers/Query.ts';
import { User } from './resolvers/User.ts';

export const resolvers: Resolvers = { Address, Mutation, Query, User };
