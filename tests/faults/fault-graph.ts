import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { composeServices } from '@apollo/composition';
import { readGatewayConfig } from '@trellis/gateway/config';
import { startGateway } from '@trellis/gateway/gateway';
import { createLog, type Logger } from '@trellis/platform/log';
import { parse } from 'graphql';
import { startFaultySubgraph, type Subgraph } from './faulty-subgraph.ts';

export interface GraphAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: AnswerBody;
  readonly elapsedMs: number;
}

export interface AnswerBody {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly AnswerError[];
  readonly extensions?: unknown;
}

export interface AnswerError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly locations?: unknown;
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** A gateway in production mode over one healthy subgraph and one that can be told to fail. */
export interface FaultGraph {
  readonly url: string;
  readonly catalog: Subgraph;
  readonly stock: Subgraph;
  /** Everything the gateway logged. */
  readonly logged: () => string;
  readonly ask: (query: string, signal?: AbortSignal, extensions?: object) => Promise<GraphAnswer>;
  stop(): Promise<void>;
}

const catalogDefinition = {
  name: 'catalog',
  sdl: `
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
    type Query { products: [Product] }
    type Product @key(fields: "id") { id: ID! name: String! }`,
  resolvers: {
    Query: { products: () => ['1', '2', '3'].map((id) => ({ id, name: `Product ${id}` })) },
  },
};

const stockDefinition = {
  name: 'stock',
  sdl: `
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
    type Query { things: [Thing] }
    type Mutation { reserve(id: ID!): Boolean }
    type Product @key(fields: "id") {
      id: ID! inStock: Boolean quantity: Int label: String sku: String! details: Details
    }
    scalar Details
    union Thing = Box | Crate
    type Box { volume: Int }
    type Crate { volume: Int }`,
  resolvers: {
    Query: {
      things: () => [
        { __typename: 'Box', volume: 1 },
        { __typename: 'Crate', volume: 2 },
      ],
    },
    Mutation: { reserve: () => true },
    Product: {
      __resolveReference: ({ id }: { readonly id: string }) => ({
        id,
        inStock: id !== '2',
        quantity: Number(id),
        label: `shelf ${id}`,
        sku: `sku-${id}`,
        details: `detail ${id}`,
      }),
    },
  },
};

/** One more instance of the subgraph that can be told to fail. */
export function startStock(): Promise<Subgraph> {
  return startFaultySubgraph(stockDefinition);
}

export interface FaultGraphOptions {
  readonly engine: 'trellis' | 'apollo';
  /** The `subgraphs` section of the settings. */
  readonly subgraphs?: Readonly<Record<string, unknown>>;
}

export async function startFaultGraph(options: FaultGraphOptions): Promise<FaultGraph> {
  const catalog = await startFaultySubgraph(catalogDefinition);
  const stock = await startStock();
  const folder = mkdtempSync(join(tmpdir(), 'trellis-faults-'));
  const lines: string[] = [];
  const gateway = await startGateway({
    config: writeConfig(folder, [catalog, stock], options),
    log: collectLog(lines),
    env: { NODE_ENV: 'production' },
  });
  return {
    url: gateway.url,
    catalog,
    stock,
    logged: () => lines.join(''),
    ask: (query, signal, extensions) => ask(gateway.url, { query, extensions }, signal),
    async stop() {
      await gateway.stop();
      await Promise.all([catalog.stop(), stock.stop()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function writeConfig(
  folder: string,
  subgraphs: readonly Subgraph[],
  options: FaultGraphOptions,
): ReturnType<typeof readGatewayConfig> {
  const { supergraphSdl, errors } = composeServices(
    subgraphs.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) })),
  );
  if (!supergraphSdl) throw new Error(String(errors));
  const supergraph = join(folder, 'supergraph.graphql');
  writeFileSync(supergraph, supergraphSdl);
  const file = join(folder, 'gateway.yaml');
  const settings = {
    engine: options.engine,
    subgraphs: options.subgraphs ?? {},
    // Gateway, subgraphs and tests share a process here: its event loop is late for other reasons.
    overload: { maxEventLoopDelayMs: 0 },
  };
  writeFileSync(file, JSON.stringify(settings));
  return readGatewayConfig(file, { supergraph, host: '127.0.0.1', port: '0' });
}

function collectLog(lines: string[]): Logger {
  return createLog('gateway', {}, { write: (line) => void lines.push(line) });
}

async function ask(url: string, body: object, signal?: AbortSignal): Promise<GraphAnswer> {
  const startedAt = performance.now();
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    ...(signal ? { signal } : {}),
  });
  const text = await response.text();
  const elapsedMs = performance.now() - startedAt;
  const { status, headers } = response;
  return { status, headers, text, body: JSON.parse(text) as AnswerBody, elapsedMs };
}
