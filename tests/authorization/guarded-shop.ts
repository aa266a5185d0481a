import { buildSubgraphSchema } from '@apollo/subgraph';
import { buildSchema, parse, type GraphQLSchema } from 'graphql';

/** A shop in memory: one schema for the monolith, cut into subgraphs for the gateway, both over the same objects. */

export interface Row {
  readonly __typename: string;
  readonly id: string;
  readonly [field: string]: unknown;
}

type Resolvers = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const regions = ['north', 'south'];

const users: Row[] = ['u1', 'u2', 'u3', 'u4'].map((id, at) => ({
  __typename: 'User',
  id,
  name: `name ${id}`,
  email: `CANARY-email-${id}`,
  rank: at,
  region: regions[at % 2],
}));

const payments: Row[] = ['p1', 'p2', 'p3', 'p4', 'p5'].map((id, at) => ({
  __typename: at % 2 === 0 ? 'Card' : 'Cash',
  id,
  label: `CANARY-label-${id}`,
  amount: at * 10,
  digits: `CANARY-digits-${id}`,
  till: `till ${id}`,
  payer: users[at % 4],
}));

const orders: Row[] = ['o1', 'o2', 'o3', 'o4', 'o5'].map((id, at) => ({
  __typename: 'Order',
  id,
  owner: users[at % 4],
  note: `CANARY-note-${id}`,
  total: at + 1,
  payments: [payments[at], payments[(at + 2) % 5]],
  price: ({ currency }: { currency: string }) => `CANARY-price-${id}-${currency}`,
}));

for (const [at, user] of users.entries()) {
  Object.assign(user, {
    friend: users[(at + 1) % 4],
    orders: orders.filter((_order, index) => index % 4 === at),
  });
}

const byId = new Map([...users, ...payments, ...orders].map((row) => [row.id, row]));

/** The mutations that ran, in order. */
export type Journal = string[];

const query = {
  me: () => users[0],
  users: () => users,
  user: ({ id }: { id: string }) => byId.get(id),
  order: ({ id }: { id: string }) => byId.get(id),
  orders: () => orders,
  things: () => [users[1], orders[0], payments[0], payments[1], users[2]],
  nodes: () => [orders[1], users[0], orders[2]],
  payments: () => payments,
};

const mutation = {
  rename: ({ id }: { id: string }, journal: Journal) => {
    journal.push(`rename ${id}`);
    return byId.get(id);
  },
  erase: ({ id }: { id: string }, journal: Journal) => {
    journal.push(`erase ${id}`);
    return true;
  },
};

const userFields = 'name: String  email: String  rank: Int!  friend: User';
const orderFields = 'owner: User  note: String  total: Int!  price(currency: String!): String';

export const monolithSdl = `
  type Query { me: User  users: [User!]  user(id: ID!): User  order(id: ID!): Order  orders: [Order]  things: [Thing]
    nodes: [Node]  payments: [Payment] }
  type Mutation { rename(id: ID!): User  erase(id: ID!): Boolean }
  interface Node { id: ID! }
  interface Payment { id: ID!  label: String  amount: Int  payer: User }
  union Thing = User | Order | Card | Cash
  type User implements Node { id: ID!  ${userFields}  region: String  orders: [Order!] }
  type Order implements Node { id: ID!  ${orderFields}  payments: [Payment] }
  type Card implements Payment { id: ID!  label: String  amount: Int  digits: String  payer: User }
  type Cash implements Payment { id: ID!  label: String  amount: Int  till: String  payer: User }`;

const header = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable"])`;

const subgraphSdl: Readonly<Record<string, string>> = {
  people: `${header}
    type Query { me: User  users: [User!]  user(id: ID!): User  nodes: [Node]  things: [Thing] }
    type Mutation { rename(id: ID!): User  erase(id: ID!): Boolean }
    interface Node { id: ID! }
    union Thing = User | Order | Card | Cash
    type User implements Node @key(fields: "id") { id: ID!  ${userFields} }
    type Order implements Node @key(fields: "id") { id: ID! }
    type Card @key(fields: "id") { id: ID! }
    type Cash @key(fields: "id") { id: ID! }`,
  sales: `${header}
    type Query { order(id: ID!): Order  orders: [Order] }
    type User @key(fields: "id") { id: ID!  orders: [Order!] }
    type Order @key(fields: "id") { id: ID!  ${orderFields} }`,
  regions: `${header}
    type User @key(fields: "id") { id: ID!  region: String }`,
  money: `${header}
    type Query { payments: [Payment] }
    interface Payment { id: ID!  label: String  amount: Int  payer: User }
    type User @key(fields: "id") { id: ID! }
    type Order @key(fields: "id") { id: ID!  payments: [Payment] }
    type Card implements Payment @key(fields: "id") { id: ID!  label: String  amount: Int  digits: String  payer: User }
    type Cash implements Payment @key(fields: "id") { id: ID!  label: String  amount: Int  till: String  payer: User }`,
};

/** A schema with every root field resolved; all else is read from the objects. */
export function makeMonolith(): GraphQLSchema {
  return resolveRoots(buildSchema(monolithSdl));
}

export interface Cut {
  readonly name: string;
  readonly sdl: string;
  readonly schema: GraphQLSchema;
}

export function makeCuts(): Cut[] {
  const __resolveReference = ({ id }: { id: string }): unknown => byId.get(id);
  return Object.entries(subgraphSdl).map(([name, sdl]) => {
    const entities = [...sdl.matchAll(/type (\w+)[^{]*@key/g)].map(([, type]) => type ?? '');
    const resolvers: Resolvers = Object.fromEntries(
      entities.map((type) => [type, { __resolveReference }]),
    );
    const typeDefs = parse(sdl);
    const schema = buildSubgraphSchema({ typeDefs, resolvers: resolvers as never });
    return { name, sdl, schema: resolveRoots(schema) };
  });
}

function resolveRoots(schema: GraphQLSchema): GraphQLSchema {
  for (const [type, resolvers] of [
    [schema.getQueryType(), query],
    [schema.getMutationType(), mutation],
  ] as const) {
    for (const [name, resolve] of Object.entries(resolvers)) {
      const field = type?.getFields()[name];
      if (field) field.resolve = (_root, args, { journal }) => resolve(args as never, journal);
    }
  }
  return schema;
}

/** Everything a rule may hide begins so. */
export const canary = 'CANARY-';
