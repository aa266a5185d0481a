import type { LocalSubgraph } from './local-graph.ts';

const users = [
  { id: '1', name: 'Ada', friendId: '2', plan: 'basic', bio: 'gold', age: 36 },
  { id: '2', name: 'Bob', friendId: '1', plan: 'gold', bio: 'plain', age: 0 },
  { id: '3', name: 'Cyd', friendId: '1', plan: 'basic', bio: '', age: 71 },
];
const reviews = [
  { id: 'a', text: 'good', authorId: '1', upc: 'x' },
  { id: 'b', text: 'fair', authorId: '1', upc: 'y' },
  { id: 'c', text: 'poor', authorId: '2', upc: 'x' },
];
const products = [
  { upc: 'x', name: 'Table', price: 10, weight: 0 },
  { upc: 'y', name: 'Chair', price: 20, weight: 3 },
];

/** Three subgraphs with users, their reviews, and products: what most tests need. */
export const shop: Readonly<Record<string, LocalSubgraph>> = {
  accounts: {
    sdl: `
      type Query { me: User user(id: ID!): User users: [User!]! }
      type Mutation { rename(id: ID!, name: String!): User }
      type User @key(fields: "id") {
        id: ID! name: String! friendId: ID! plan: String bio: String age: Int friend: User
      }`,
    resolvers: {
      Query: {
        me: () => users[0],
        user: (_parent: unknown, { id }: { id: string }) => users.find((user) => user.id === id),
        users: () => users,
      },
      Mutation: {
        rename: (_parent: unknown, { id, name }: { id: string; name: string }) => ({
          ...users.find((user) => user.id === id),
          name,
        }),
      },
      User: {
        __resolveReference: ({ id }: { id: string }) =>
          users.find((user) => user.id === id) ?? null,
        friend: ({ friendId }: { friendId: string }) => users.find((user) => user.id === friendId),
      },
    },
  },
  reviews: {
    sdl: `
      type Query { reviews: [Review!]! }
      type Mutation { review(upc: ID!, text: String!): Review }
      type Review @key(fields: "id") { id: ID! text: String! author: User! product: Product }
      type User @key(fields: "id") {
        id: ID! plan: String @external reviews: [Review!]! discount: Int @requires(fields: "plan")
      }
      type Product @key(fields: "upc") { upc: ID! reviews: [Review!]! }`,
    resolvers: {
      Query: { reviews: () => reviews },
      Mutation: {
        review: (_parent: unknown, { upc, text }: { upc: string; text: string }) => ({
          id: 'new',
          text,
          authorId: '1',
          upc,
        }),
      },
      Review: {
        __resolveReference: ({ id }: { id: string }) => reviews.find((review) => review.id === id),
        author: ({ authorId }: { authorId: string }) => ({ id: authorId }),
        product: ({ upc }: { upc: string }) => ({ upc }),
      },
      User: {
        __resolveReference: (user: object) => user,
        reviews: ({ id }: { id: string }) => reviews.filter((review) => review.authorId === id),
        discount: ({ plan }: { plan: string }) => (plan === 'gold' ? 50 : 0),
      },
      Product: {
        __resolveReference: (product: object) => product,
        reviews: ({ upc }: { upc: string }) => reviews.filter((review) => review.upc === upc),
      },
    },
  },
  products: {
    sdl: `
      type Query { topProducts(first: Int = 5): [Product!]! }
      type Product @key(fields: "upc") { upc: ID! name: String price: Int weight: Int }`,
    resolvers: {
      Query: {
        topProducts: (_parent: unknown, { first }: { first: number }) => products.slice(0, first),
      },
      Product: {
        __resolveReference: ({ upc }: { upc: string }) =>
          products.find((product) => product.upc === upc),
      },
    },
  },
};
