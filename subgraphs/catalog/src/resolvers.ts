import type { Resolvers } from './generated/resolver-types.ts';
import { Category } from './resolvers/Category.ts';
import { DigitalProduct } from './resolvers/DigitalProduct.ts';
import { Mutation } from './resolvers/Mutation.ts';
import { PhysicalProduct } from './resolvers/PhysicalProduct.ts';
import { Product } from './resolvers/Product.ts';
import { Query } from './resolvers/Query.ts';
import { SearchConnection } from './resolvers/SearchConnection.ts';
import { SearchEdge } from './resolvers/SearchEdge.ts';
import { SearchResult } from './resolvers/SearchResult.ts';
import { Variant } from './resolvers/Variant.ts';

export const resolvers: Resolvers = {
  Category,
  DigitalProduct,
  Mutation,
  PhysicalProduct,
  Product,
  Query,
  SearchConnection,
  SearchEdge,
  SearchResult,
  Variant,
};
