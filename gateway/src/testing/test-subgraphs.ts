import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { composeServices } from '@apollo/composition';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { graphql, parse, type GraphQLSchema } from 'graphql';

/** A subgraph on a real port of 127.0.0.1, as small as one can be. */
export interface TestSubgraph {
  readonly name: string;
  readonly url: string;
  readonly sdl: string;
  /** Every request body it got, oldest first. */
  readonly bodies: string[];
  /** The headers of every request it got. */
  readonly headers: IncomingMessage['headers'][];
  /** Waits this long before it answers. */
  delayMs: number;
  /** Its Cache-Control header; undefined: none. */
  cacheControl?: string | undefined;
  stop(): Promise<void>;
}

export interface TestSubgraphInput {
  readonly name: string;
  readonly sdl: string;
  readonly resolvers: Record<string, unknown>;
}

/** The two subgraphs most tests need: users, and their reviews in another subgraph. */
export async function startUsersAndReviews(): Promise<{
  readonly users: TestSubgraph;
  readonly reviews: TestSubgraph;
  readonly sdl: string;
  stop(): Promise<void>;
}> {
  const users = await startTestSubgraph(usersSubgraph);
  const reviews = await startTestSubgraph(reviewsSubgraph);
  return {
    users,
    reviews,
    sdl: composeTestSupergraph([users, reviews]),
    stop: async () => {
      await Promise.all([users.stop(), reviews.stop()]);
    },
  };
}

/** @throws Error listing what does not compose */
export function composeTestSupergraph(subgraphs: readonly TestSubgraph[]): string {
  const result = composeServices(
    subgraphs.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) })),
  );
  if (!result.supergraphSdl) throw new Error(String(result.errors));
  return result.supergraphSdl;
}

/** Starts one subgraph. */
export async function startTestSubgraph(input: TestSubgraphInput): Promise<TestSubgraph> {
  const { name, sdl, resolvers } = input;
  const schema = buildSubgraphSchema({ typeDefs: parse(sdl), resolvers: resolvers as never });
  const bodies: string[] = [];
  const headers: IncomingMessage['headers'][] = [];
  const server = createServer((request, response) => {
    headers.push(request.headers);
    void answer(request, schema).then(({ body, answerText }) => {
      bodies.push(body);
      setTimeout(() => {
        response.writeHead(200, {
          'content-type': 'application/json',
          ...(subgraph.cacheControl ? { 'cache-control': subgraph.cacheControl } : {}),
        });
        response.end(answerText);
      }, subgraph.delayMs);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/graphql`;
  const subgraph: TestSubgraph = {
    name,
    url,
    sdl,
    bodies,
    headers,
    delayMs: 0,
    stop: () => close(server),
  };
  return subgraph;
}

async function answer(
  request: IncomingMessage,
  schema: GraphQLSchema,
): Promise<{ body: string; answerText: string }> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  const { query, variables, operationName } = JSON.parse(body) as {
    query: string;
    variables?: Record<string, unknown>;
    operationName?: string;
  };
  const result = await graphql({
    schema,
    source: query,
    ...(variables ? { variableValues: variables } : {}),
    ...(operationName === undefined ? {} : { operationName }),
  });
  return { body, answerText: JSON.stringify(result) };
}

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}

const federation =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable"])';

interface User {
  readonly id: string;
  name: string;
}

export const usersSubgraph: TestSubgraphInput = {
  name: 'users',
  sdl: `${federation}
type Query { me: User user(id: ID!): User users(first: Int! = 2, filter: UserFilter): [User!]! fail: String }
type Mutation { rename(id: ID!, name: String!): User }
type User @key(fields: "id") { id: ID! name: String! }
input UserFilter { ids: [ID!] minimumAge: Int }`,
  resolvers: makeUserResolvers(),
};

function makeUserResolvers(): Record<string, unknown> {
  const rows = new Map<string, User>(
    ['Ada', 'Grace', 'Edsger'].map((name, index) => [
      String(index + 1),
      { id: String(index + 1), name },
    ]),
  );
  const find = (id: string): User | undefined => rows.get(id);
  return {
    Query: {
      me: () => find('1'),
      user: (_root: unknown, { id }: { id: string }) => find(id),
      users: (_root: unknown, { first }: { first: number }) => [...rows.values()].slice(0, first),
      fail: () => {
        throw new Error('it failed');
      },
    },
    Mutation: {
      rename: (_root: unknown, { id, name }: User) => {
        const user = find(id);
        if (user) user.name = name;
        return user;
      },
    },
    User: { __resolveReference: ({ id }: { id: string }) => find(id) },
  };
}

export const reviewsSubgraph: TestSubgraphInput = {
  name: 'reviews',
  sdl: `${federation}
type Query { reviews: [Review!]! }
type Review { id: ID! text: String! author: User! }
type User @key(fields: "id") { id: ID! reviews: [Review!] }`,
  resolvers: {
    Query: { reviews: () => allReviews },
    User: {
      __resolveReference: ({ id }: { id: string }) => ({ id }),
      reviews: ({ id }: { id: string }) => allReviews.filter(({ author }) => author.id === id),
    },
  },
};

const allReviews = [
  { id: 'a', text: 'Good', author: { id: '1' } },
  { id: 'b', text: 'Fine', author: { id: '2' } },
];
