import type { Running } from '@trellis/platform/lifecycle';
import { createLog, type Logger } from '@trellis/platform/log';
import { startTracing } from '@trellis/platform/start-tracing';
import type { DocumentNode, GraphQLSchema } from 'graphql';
import { createApolloServer } from './apollo-server.ts';
import { applyRules, type RuleTree } from './authorize.ts';
import { refreshLoadersByMutations } from './fresh-loaders.ts';
import { createHttpServer } from './http-server.ts';
import { listenOn, readListenOptions } from './listen-options.ts';
import type { RequestScope } from './request-scope.ts';
import type { ResolverMap } from './schema-problems.ts';
import { makeSubgraphSchema, readTypeDefs } from './schema.ts';
import { readSignedHop, type SignedHop } from './signed-hop.ts';
import type { RequestSpans } from './tracing/request-spans.ts';

/** What a subgraph is served from. Only the first four need to be given. */
export interface ServeOptions<Context extends RequestScope> {
  /** Its name in supergraph.yaml. */
  readonly name: string;
  /** The SDL: parsed, or the file that holds it. */
  readonly schema: DocumentNode | URL;
  readonly resolvers: ResolverMap;
  /** Makes the context of one request, its loaders above all. A failure here fails the request. */
  readonly createContext: (request: RequestScope) => Context | Promise<Context>;
  readonly rules?: RuleTree;
  /** Rejects, saying why, while the subgraph cannot answer. */
  readonly checkReadiness?: () => Promise<void>;
  /**
   * Whether an error of a resolver says that the subgraph's store is away. It then gets a code of its own, and who says so
   * logs it: not each request.
   */
  readonly isDataLost?: (error: unknown) => boolean;
  /** Default: `<NAME>_PORT`, then `PORT`, then 4000. 0 takes a free one. */
  readonly port?: number;
  /** Where to listen when neither `port` nor the environment says. */
  readonly defaultPort?: number;
  /** Default: `HOST`, then 127.0.0.1. */
  readonly host?: string;
  readonly log?: Logger;
  readonly env?: NodeJS.ProcessEnv;
  /** How the caller proves that it is the gateway. Default: read from the environment. */
  readonly signedHop?: SignedHop;
  /** Shows the causes of internal errors in answers. Default: only when direct callers are let in. */
  readonly showsInternalErrors?: boolean;
  /** Root fields that may stay without a resolver. */
  readonly unresolved?: readonly string[];
  /** Has the last word on the finished schema: tests observe resolvers here. */
  readonly finishSchema?: (schema: GraphQLSchema) => GraphQLSchema;
}

export interface RunningSubgraph extends Running {
  /** Of the GraphQL endpoint, such as `http://127.0.0.1:4001/graphql`. */
  readonly url: string;
  readonly schema: GraphQLSchema;
}

/**
 * Serves a subgraph as docs/wire.md demands: GraphQL at `/graphql` and `/`, liveness at `/health/live`, readiness at
 * `/health/ready`. Stopping lets requests in flight finish.
 * @throws SchemaError, RuleError, ConfigError or, for a port in use, an Error that says what to do
 */
export async function serveSubgraph<Context extends RequestScope>(
  options: ServeOptions<Context>,
): Promise<RunningSubgraph> {
  const env = options.env ?? process.env;
  const log = options.log ?? createLog(options.name, env);
  const signedHop = options.signedHop ?? readSignedHop(options.name, env);
  const listen = readListenOptions(options.name, options, env);
  const schema = makeSchema(options);
  const spans = await startSpans(options.name, env, log);
  const apollo = createApolloServer<Context>(schema, {
    log,
    allowsDirect: signedHop.allowsDirect,
    showsInternalErrors: options.showsInternalErrors ?? signedHop.allowsDirect,
    isDataLost: options.isDataLost ?? (() => false),
    spans,
  });
  await apollo.start();
  const http = await createHttpServer<Context>({
    name: options.name,
    apollo,
    log,
    signedHop,
    limits: listen,
    createContext: options.createContext,
    checkReadiness: options.checkReadiness ?? (() => Promise.resolve()),
    spans,
  });
  const url = await listenOn(http, listen);
  log.info({ url }, 'ready');
  return {
    url,
    schema,
    stop: async () => {
      await http.close();
      await apollo.stop();
      await spans?.stop();
    },
  };
}

/** Loads nothing unless the environment asks for spans (docs/telemetry.md). */
async function startSpans(
  serviceName: string,
  env: NodeJS.ProcessEnv,
  log: Logger,
): Promise<RequestSpans | undefined> {
  const tracing = await startTracing({ serviceName, env, log });
  if (!tracing) return undefined;
  const { createRequestSpans } = await import('./tracing/request-spans.ts');
  return createRequestSpans(serviceName, tracing);
}

function makeSchema<Context extends RequestScope>(options: ServeOptions<Context>): GraphQLSchema {
  const typeDefs = options.schema instanceof URL ? readTypeDefs(options.schema) : options.schema;
  const schema = makeSubgraphSchema({
    typeDefs,
    resolvers: options.resolvers,
    unresolved: options.unresolved ?? [],
  });
  const fresh = refreshLoadersByMutations(schema);
  const guarded = options.rules ? applyRules(fresh, options.rules) : fresh;
  return options.finishSchema ? options.finishSchema(guarded) : guarded;
}
