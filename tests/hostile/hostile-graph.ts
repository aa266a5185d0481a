import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { composeServices } from '@apollo/composition';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { readGatewayConfig } from '@trellis/gateway/config';
import { startGateway } from '@trellis/gateway/gateway';
import { createLog } from '@trellis/platform/log';
import { graphql, parse } from 'graphql';

/** A gateway in production over two subgraphs with everything that abusive documents need. */
export interface HostileGraph {
  readonly url: string;
  /** Headers of every request a subgraph got. */
  readonly forwarded: readonly IncomingHttpHeaders[];
  stop(): Promise<void>;
}

const link = (names: string): string =>
  `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [${names}])`;

const catalog = `
${link('"@key", "@shareable"')}
scalar Anything
interface Node { id: ID! name: String related: [Node!] }
enum Kind { TOOL TOY }
input Row { ${Array.from({ length: 30 }, (_, at) => `f${at}: Int`).join(' ')} }
input Filter { ids: [Int!] kind: Kind inner: Filter }
type Query {
  me: Person
  node(id: ID!): Node
  nodes: [Node!]
  products(first: Int, filter: Filter, maxPrice: Float): [Product!]
  search(text: String!): [Found!]
  echo(value: Anything): Anything
  tally(rows: [Row!]): Int
}
type Mutation { rename(id: ID!, name: String!): Person }
type Product implements Node @key(fields: "id") {
  id: ID! name: String @shareable price: Float @shareable stock: Int @shareable related: [Node!]
  similar: [Product!]
}
type Film implements Node @key(fields: "id") { id: ID! name: String related: [Node!] }
type Book implements Node @key(fields: "id") { id: ID! name: String related: [Node!] }
type Person implements Node @key(fields: "id") { id: ID! name: String related: [Node!] }
union Found = Product | Film | Book | Person`;

const reviews = `
${link('"@key", "@shareable"')}
type Query { latest: [Review!] }
type Review { text: String product: Product author: Person }
type Product @key(fields: "id") {
  id: ID! name: String @shareable price: Float @shareable stock: Int @shareable reviews: [Review!]
}
type Person @key(fields: "id") { id: ID! reviews: [Review!] }`;

interface Item {
  readonly id: string;
  readonly __typename?: string;
}

function makeItem(__typename: string, id: string): Record<string, unknown> {
  return {
    __typename,
    id,
    name: `${__typename} ${id}`,
    price: 1.5,
    stock: 3,
    related: () => [makeItem('Film', id)],
    similar: () => [makeItem('Product', id)],
    reviews: () => [{ text: 'Good', product: { id }, author: { id } }],
  };
}

const resolvers = {
  Query: {
    me: () => makeItem('Person', '1'),
    node: (_: unknown, { id }: Item) => makeItem('Person', id),
    nodes: () => ['Product', 'Film', 'Book', 'Person'].map((type) => makeItem(type, '1')),
    products: () => [makeItem('Product', '1'), makeItem('Product', '2')],
    search: () => [makeItem('Film', '1')],
    echo: (_: unknown, { value }: { readonly value: unknown }) => value,
    tally: (_: unknown, { rows }: { readonly rows?: readonly unknown[] }) => rows?.length,
    latest: () => [{ text: 'Good' }],
  },
  Mutation: { rename: (_: unknown, { id }: Item) => makeItem('Person', id) },
  Product: { __resolveReference: ({ id }: Item) => makeItem('Product', id) },
  Film: { __resolveReference: ({ id }: Item) => makeItem('Film', id) },
  Book: { __resolveReference: ({ id }: Item) => makeItem('Book', id) },
  Person: { __resolveReference: ({ id }: Item) => makeItem('Person', id) },
};

interface StartedSubgraph {
  readonly name: string;
  readonly sdl: string;
  readonly url: string;
  stop(): Promise<void>;
}

async function startSubgraph(
  name: string,
  sdl: string,
  forwarded: IncomingHttpHeaders[],
): Promise<StartedSubgraph> {
  const typeDefs = parse(sdl);
  const known = new Set(
    typeDefs.definitions.flatMap((each) => ('name' in each && each.name ? [each.name.value] : [])),
  );
  const own = Object.entries(resolvers).filter(([type]) => known.has(type));
  const queries = Object.entries(resolvers.Query).filter(([field]) => sdl.includes(`${field}`));
  const schema = buildSubgraphSchema({
    typeDefs,
    resolvers: { ...Object.fromEntries(own), Query: Object.fromEntries(queries) } as never,
  });
  const server = createServer((request, response) => {
    forwarded.push(request.headers);
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as {
        readonly query: string;
        readonly variables?: Record<string, unknown>;
      };
      void graphql({ schema, source: body.query, variableValues: body.variables ?? {} }).then(
        (result) => {
          response.setHeader('content-type', 'application/json');
          response.end(JSON.stringify(result));
        },
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    name,
    sdl,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export interface HostileGraphOptions {
  /** Of gateway.yaml. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Default: production. */
  readonly env?: NodeJS.ProcessEnv;
}

/** The subgraphs alone, with files for a gateway over them. */
export interface HostileSubgraphs {
  readonly settingsFile: string;
  readonly supergraphFile: string;
  readonly forwarded: readonly IncomingHttpHeaders[];
  stop(): Promise<void>;
}

/** @param settings of gateway.yaml */
export async function startHostileSubgraphs(
  settings: Readonly<Record<string, unknown>> = {},
): Promise<HostileSubgraphs> {
  const forwarded: IncomingHttpHeaders[] = [];
  const subgraphs = await Promise.all([
    startSubgraph('catalog', catalog, forwarded),
    startSubgraph('reviews', reviews, forwarded),
  ]);
  const { supergraphSdl, errors } = composeServices(
    subgraphs.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) })),
  );
  if (supergraphSdl === undefined) throw new Error(`not composed: ${String(errors)}`);
  const folder = mkdtempSync(join(tmpdir(), 'trellis-hostile-'));
  const supergraphFile = join(folder, 'supergraph.graphql');
  const settingsFile = join(folder, 'gateway.yaml');
  writeFileSync(supergraphFile, supergraphSdl);
  writeFileSync(settingsFile, JSON.stringify(settings));
  return {
    settingsFile,
    supergraphFile,
    forwarded,
    async stop() {
      await Promise.all(subgraphs.map((subgraph) => subgraph.stop()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export async function startHostileGraph(options: HostileGraphOptions = {}): Promise<HostileGraph> {
  const subgraphs = await startHostileSubgraphs(options.settings);
  const gateway = await startGateway({
    config: readGatewayConfig(subgraphs.settingsFile, {
      supergraph: subgraphs.supergraphFile,
      port: '0',
    }),
    log: createLog('test', { LOG_LEVEL: 'silent' }),
    env: options.env ?? { NODE_ENV: 'production' },
  });
  return {
    url: gateway.url,
    forwarded: subgraphs.forwarded,
    async stop() {
      await gateway.stop();
      await subgraphs.stop();
    },
  };
}
