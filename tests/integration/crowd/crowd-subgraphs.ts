import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { createIdentityVerifier } from '@trellis/platform/identity';
import { wireHeaders } from '@trellis/platform/wire-headers';
import { makeWireKey } from '@trellis/platform/wire-keys';
import { execute, parse, type DocumentNode, type GraphQLSchema } from 'graphql';
import { idPattern, type Asking, type Crowd, type Fields, type Person } from './crowd-people.ts';

export const wireSecret = 'the wire secret of the crowd and of nobody else';

/** A subgraph on a socket of its own. */
export interface CrowdSubgraph {
  readonly name: string;
  readonly sdl: string;
  readonly url: string;
  /** How many requests it has got, by the gateway that sent them. */
  readonly requests: Map<string, number>;
  /** Sockets of the gateways that are open. */
  openSockets(): Promise<number>;
  stop(): Promise<void>;
}

const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@external", "@requires"])`;

/** What `style` must contain to have the connection reset, or the request refused: then it is the field, not the person. */
export const resetStyle = 'RESET';
export const refusedStyle = 'REFUSE';
/** A tenant whom the subgraph `names` does not serve. */
export const brokenTenant = 'broken';

/** Names the gateway a client asks: it is the same for all its callers. */
export const gatewayHeader = 'x-gateway';

interface Definition {
  readonly sdl: string;
  readonly resolvers: (fields: Fields, crowd: Crowd) => Record<string, unknown>;
}

const definitions: Readonly<Record<string, Definition>> = {
  people: {
    sdl: `${link}
      type Query { person(id: ID!): Person people(ids: [ID!]!): [Person] crowd(ids: [ID!]!): [Person!]! me: String }
      type Mutation { visit(id: ID!): Person }
      type Person @key(fields: "id") { id: ID! base: Int }`,
    resolvers: ({ find, base, me }, crowd) => ({
      Query: {
        person: (_: unknown, { id }: Person) => find(id),
        people: (_: unknown, { ids }: { readonly ids: readonly string[] }) => ids.map(find),
        crowd: (_: unknown, { ids }: { readonly ids: readonly string[] }) => ids.map(find),
        me: (_: unknown, _given: unknown, asking: Asking) => me(asking),
      },
      Mutation: {
        visit(_: unknown, { id }: Person) {
          crowd.visit(id);
          return find(id);
        },
      },
      Person: { base },
    }),
  },
  names: {
    sdl: `${link}
      type Person @key(fields: "id") { id: ID! name(style: String): String label: String! friend: Person }`,
    resolvers: ({ isThere, name, label, friend }) => ({
      Person: {
        __resolveReference: (person: Person) => (isThere(person) ? person : null),
        name,
        label,
        friend,
      },
    }),
  },
  scores: {
    sdl: `${link}
      type Person @key(fields: "id") { id: ID! base: Int @external score: Int rank: Int @requires(fields: "base") }`,
    resolvers: ({ score, rank }) => ({
      Person: {
        __resolveReference: (told: Person) => told,
        score,
        rank: ({ base }: { readonly base: number }) => rank(base),
      },
    }),
  },
  /** It never answers: whoever asks waits until the time is over. */
  pit: {
    sdl: `${link} type Person @key(fields: "id") { id: ID! depth: Int }`,
    resolvers: () => ({}),
  },
};

export function startCrowdSubgraphs(fields: Fields, crowd: Crowd): Promise<CrowdSubgraph[]> {
  return Promise.all(
    Object.entries(definitions).map(([name, { sdl, resolvers }]) => {
      const own = resolvers(fields, crowd) as never;
      const schema = buildSubgraphSchema({ typeDefs: parse(sdl), resolvers: own });
      return start({ name, sdl, schema, crowd });
    }),
  );
}

interface Started {
  readonly name: string;
  readonly sdl: string;
  readonly schema: GraphQLSchema;
  readonly crowd: Crowd;
}

async function start({ name, sdl, schema, crowd }: Started): Promise<CrowdSubgraph> {
  const requests = new Map<string, number>();
  const verify = createIdentityVerifier([makeWireKey(wireSecret)], name);
  const server = createServer((request, response) => {
    const gateway = String(request.headers[gatewayHeader]);
    requests.set(gateway, (requests.get(gateway) ?? 0) + 1);
    if (name === 'pit') return void request.resume();
    const { subject } = verify(request.headers[wireHeaders.identity] as string | undefined);
    const tenant = String(request.headers['x-tenant'] ?? 'nobody');
    const asking = { subject: subject ?? 'anyone', tenant };
    void reply(request, response, {
      schema,
      crowd,
      asking,
      isFaulty: name === 'names',
      isGathering: name === 'people',
    }).catch(() => {
      request.socket.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const subgraph: CrowdSubgraph = {
    name,
    sdl,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    requests,
    openSockets: () => countSockets(server),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return subgraph;
}

function countSockets(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
  });
}

interface Reply {
  readonly schema: GraphQLSchema;
  readonly crowd: Crowd;
  readonly asking: Asking;
  readonly isFaulty: boolean;
  readonly isGathering: boolean;
}

async function reply(
  request: IncomingMessage,
  response: ServerResponse,
  { schema, crowd, asking, isFaulty, isGathering }: Reply,
): Promise<void> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  // Answers come back in another order than they were asked for.
  await wait(Math.random() * 6);
  if (isGathering) await crowd.arrive();
  const fault = isFaulty ? findFault(text, asking, crowd) : undefined;
  if (fault) return fault(response);
  const body = JSON.parse(text) as { query: string; variables?: Record<string, unknown> };
  const result = await execute({
    schema,
    document: parseOnce(body.query),
    variableValues: body.variables ?? {},
    contextValue: asking,
  });
  sendJson(response, 200, result);
}

const parsed = new Map<string, DocumentNode>();

function parseOnce(query: string): DocumentNode {
  const document = parsed.get(query) ?? parse(query);
  parsed.set(query, document);
  return document;
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}

/** What becomes of a request as a whole, by who asks, what for, and for whom. */
function findFault(
  body: string,
  { tenant }: Asking,
  crowd: Crowd,
): ((response: ServerResponse) => void) | undefined {
  const fates = new Set((body.match(idPattern) ?? []).map((id) => crowd.fateOf(id)));
  if (tenant === brokenTenant) return (response) => sendJson(response, 503, {});
  if (body.includes(resetStyle)) return (response) => response.socket?.destroy();
  if (body.includes(refusedStyle) || fates.has('refused')) {
    return (response) => sendJson(response, 500, { error: 'no' });
  }
  if (fates.has('garbled')) return (response) => response.end('<html>Sorry</html>');
  if (fates.has('huge')) return (response) => response.end(`"${'x'.repeat(2_000_000)}"`);
  if (!fates.has('breaking')) return undefined;
  return (response) =>
    sendJson(response, 200, { data: null, errors: [{ message: 'broken', path: ['_entities'] }] });
}
