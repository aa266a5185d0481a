import { buildSubgraphSchema } from '@apollo/subgraph';
import {
  buildSchema,
  defaultFieldResolver,
  isObjectType,
  parse,
  type GraphQLField,
  type GraphQLResolveInfo,
  type GraphQLSchema,
} from 'graphql';

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
  parcels: [[payments[(at + 1) % 5]], null, [payments[at], payments[(at + 3) % 5]]],
  risk: `CANARY-risk-${id}`,
  price: ({ currency }: { currency: string }) => `CANARY-price-${id}-${currency}`,
}));

for (const [at, user] of users.entries()) {
  Object.assign(user, {
    friend: users[(at + 1) % 4],
    orders: orders.filter((_order, index) => index % 4 === at),
    badge: `CANARY-badge-${user.id}`,
    likes: [orders[at], payments[at], users[(at + 2) % 4]],
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
  grid: () => [[orders[0], orders[1]], null, [orders[2], null, orders[4]], []],
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
  settle: ({ id }: { id: string }, journal: Journal) => {
    journal.push(`settle ${id}`);
    return byId.get(id);
  },
  ship: ({ id }: { id: string }, journal: Journal) => {
    journal.push(`ship ${id}`);
    return [byId.get(id), orders[1], null];
  },
};

const userFields = 'name: String  email: String  rank: Int!  friend: User  likes: [Thing!]';
const orderFields = 'owner: User  note: String  total: Int!  price(currency: String!): String';

export const monolithSdl = `
  type Query { me: User  users: [User!]  user(id: ID!): User  order(id: ID!): Order  orders: [Order]  things: [Thing]
    nodes: [Node]  payments: [Payment]  grid: [[Order]] }
  type Mutation { rename(id: ID!): User  erase(id: ID!): Boolean  settle(id: ID!): Payment  ship(id: ID!): [Order] }
  interface Node { id: ID! }
  interface Payment { id: ID!  label: String  amount: Int  payer: User }
  union Thing = User | Order | Card | Cash
  type User implements Node { id: ID!  ${userFields}  region: String  orders: [Order!]  badge: String }
  type Order implements Node { id: ID!  ${orderFields}  payments: [Payment]  parcels: [[Payment]]  risk: String }
  type Card implements Payment { id: ID!  label: String  amount: Int  digits: String  payer: User }
  type Cash implements Payment { id: ID!  label: String  amount: Int  till: String  payer: User }`;

const header = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@external", "@requires"])`;

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
    type Query { order(id: ID!): Order  orders: [Order]  grid: [[Order]] }
    type Mutation { ship(id: ID!): [Order] }
    type User @key(fields: "id") { id: ID!  orders: [Order!] }
    type Order @key(fields: "id") { id: ID!  ${orderFields} }`,
  regions: `${header}
    type User @key(fields: "id") { id: ID!  region: String  orders: [Order!] @external
      badge: String @requires(fields: "orders { id total }") }
    type Order @key(fields: "id") { id: ID!  total: Int! @external }`,
  money: `${header}
    type Query { payments: [Payment] }
    type Mutation { settle(id: ID!): Payment }
    interface Payment { id: ID!  label: String  amount: Int  payer: User }
    type User @key(fields: "id") { id: ID! }
    type Order @key(fields: "id") { id: ID!  payments: [Payment]  parcels: [[Payment]]  note: String @external
      risk: String @requires(fields: "note") }
    type Card implements Payment @key(fields: "id") { id: ID!  label: String  amount: Int  digits: String  payer: User }
    type Cash implements Payment @key(fields: "id") { id: ID!  label: String  amount: Int  till: String  payer: User }`,
};

/** Told of every field that a schema resolves, with the object it belongs to and what it gave. */
export type Watch = (resolved: {
  readonly type: string;
  readonly id: string | undefined;
  readonly field: string;
  readonly path: GraphQLResolveInfo['path'];
  readonly value: unknown;
}) => void;

/** What resolvers get as context. */
export interface ShopContext {
  readonly journal: Journal;
  readonly watch?: Watch | undefined;
}

/** A schema with every root field resolved; all else is read from the objects. */
export function makeMonolith(): GraphQLSchema {
  return resolveFields(buildSchema(monolithSdl));
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
    return { name, sdl, schema: resolveFields(schema) };
  });
}

function resolveFields(schema: GraphQLSchema): GraphQLSchema {
  for (const [type, resolvers] of [
    [schema.getQueryType(), query],
    [schema.getMutationType(), mutation],
  ] as const) {
    for (const [name, resolve] of Object.entries(resolvers)) {
      const field = type?.getFields()[name];
      if (field) {
        field.resolve = (_root, args, { journal }: ShopContext) =>
          resolve(args as never, journal as never);
      }
    }
  }
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('_')) continue;
    for (const field of Object.values(type.getFields())) watchField(type.name, field);
  }
  return schema;
}

function watchField(type: string, field: GraphQLField<unknown, unknown>): void {
  const resolve = field.resolve ?? defaultFieldResolver;
  // The signature is that of GraphQL.
  // oxlint-disable-next-line eslint/max-params
  field.resolve = (source, args, context, info) => {
    const value: unknown = resolve(source, args, context, info);
    const { id } = (source ?? {}) as Partial<Row>;
    (context as ShopContext).watch?.({ type, id, field: field.name, path: info.path, value });
    return value;
  };
}

/** Everything a rule may hide begins so. */
export const canary = 'CANARY-';
