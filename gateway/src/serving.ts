import type { Logger } from '@trellis/platform/log';
import type { GatewayConfig } from './config.ts';
import { createParts, type RunningParts } from './create-parts.ts';
import { createCors, type Cors } from './http/cors.ts';
import { createGraphqlEndpoint, type GraphqlEndpoint } from './http/graphql-endpoint.ts';
import type { Health } from './http/health.ts';
import { answer } from './pipeline.ts';
import { createFileSource } from './supergraph/file-source.ts';
import { createHttpSource } from './supergraph/http-source.ts';
import type { SupergraphSource } from './supergraph/source.ts';

export interface ServingInput {
  readonly config: GatewayConfig;
  readonly log: Logger;
  readonly env: NodeJS.ProcessEnv;
  readonly health: Health;
}

/** What answers GraphQL, made from one set of settings: a reload replaces it whole. */
export interface Serving {
  readonly running: RunningParts;
  readonly graphql: GraphqlEndpoint;
  /** For refusals that are made before anything reaches `graphql`. */
  readonly cors: Cors;
  /** Takes no newer supergraph any more. Requests under way finish. */
  retire(): void;
  stop(): Promise<void>;
}

/**
 * Builds all parts and the chosen server.
 * @param predecessor its hottest operations are planned before this one serves
 * @throws Error with one clear message
 */
export async function createServing(
  input: ServingInput,
  predecessor?: RunningParts,
): Promise<Serving> {
  const { config, log, env } = input;
  const previous = predecessor?.supergraph.get().engine;
  const running = await createParts({ config, source: createSource(config), log, env, previous });
  const cors = createCors(config.http.cors);
  const server = await createServer(input, running, cors);
  return {
    running,
    graphql: server.graphql,
    cors,
    retire: running.supergraph.stop,
    async stop() {
      await server.stop();
      await running.stop();
    },
  };
}

interface Server {
  readonly graphql: GraphqlEndpoint;
  stop(): Promise<void>;
}

/** Only the chosen server is loaded. */
async function createServer(
  { config, env, health, log }: ServingInput,
  running: RunningParts,
  cors: Cors,
): Promise<Server> {
  if (config.server === 'apollo') {
    const { createApolloEndpoint } = await import('./use/apollo-endpoint.ts');
    const isProduction = env['NODE_ENV'] === 'production';
    return createApolloEndpoint({ config, cors, health, isProduction, log, ...running });
  }
  const graphql = createGraphqlEndpoint({
    http: config.http,
    cors,
    variesBy: variesBy(config),
    answer: (incoming, record) => answer(incoming, running.parts, record),
    readClientAddress: running.readClientAddress,
    isStopping: health.isStopping,
    log,
  });
  return { graphql, stop: () => Promise.resolve() };
}

/** Who asks, in which form, and what travels on to subgraphs. */
function variesBy({ subgraphs }: GatewayConfig): readonly string[] {
  const propagated = Object.values(subgraphs).flatMap((traffic) => traffic?.propagateHeaders ?? []);
  return [...new Set(['accept', 'authorization', 'cookie', 'x-api-key', ...propagated])];
}

function createSource({ supergraph }: GatewayConfig): SupergraphSource {
  const { url, ...options } = supergraph;
  return url === undefined ? createFileSource(options) : createHttpSource({ ...options, url });
}
