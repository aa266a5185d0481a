import type { Logger } from '@trellis/platform/log';
import type { GatewayConfig } from './config.ts';
import { createParts, type RunningParts } from './create-parts.ts';
import { createCors } from './http/cors.ts';
import { createGraphqlEndpoint, type GraphqlEndpoint } from './http/graphql-endpoint.ts';
import { liveness, readiness, type Health } from './http/health.ts';
import { createAdmission } from './overload/admission.ts';
import { watchLoad } from './overload/watch-load.ts';
import type { Pages } from './http/pages.ts';
import { answer } from './pipeline.ts';
import { createFileSource } from './supergraph/file-source.ts';
import { createHttpSource } from './supergraph/http-source.ts';
import type { SupergraphSource } from './supergraph/source.ts';
import { describeServed } from './telemetry/describe-served.ts';
import { startTelemetry } from './telemetry/start-telemetry.ts';
import { listenNodeHttp, type Listener } from './use/node-http.ts';

export interface GatewayOptions {
  readonly config: GatewayConfig;
  readonly log: Logger;
  /** `NODE_ENV` and the wire secret are read from it. Default: the process's own. */
  readonly env?: NodeJS.ProcessEnv;
}

export interface Gateway {
  /** Where it listens, such as `http://127.0.0.1:4000`. GraphQL is at `/graphql` below it. */
  readonly url: string;
  /** Where metrics and state are read. Undefined unless `telemetry.listen` opens it. */
  readonly telemetryUrl: string | undefined;
  /** Readiness says no, requests under way finish, everything is closed. */
  stop(): Promise<void>;
}

/**
 * Builds each part once, wires them and listens. Nothing else happens here.
 * @throws Error with one clear message when the supergraph is missing or invalid, or the address is taken
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { config, log, env = process.env } = options;
  let running: RunningParts | undefined = undefined;
  let isStopping = false;
  const health: Health = {
    isReady: () => running?.supergraph.isServing() ?? false,
    isStopping: () => isStopping,
  };
  const telemetry = await startTelemetry({
    options: config.telemetry,
    log,
    env,
    health: { liveness, readiness: () => readiness(health) },
    served: () => running && describeServed(running),
  });
  try {
    running = await createParts({ config, source: createSource(config), log, env });
  } catch (error) {
    await telemetry.stop();
    throw error;
  }

  async function release(): Promise<void> {
    await running?.stop();
    await telemetry.stop();
  }
  let listener: Listener;
  try {
    listener = await listen({ config, log, env, running, health });
  } catch (error) {
    await release();
    throw error;
  }
  return {
    url: listener.url,
    telemetryUrl: telemetry.url,
    async stop() {
      isStopping = true;
      await pause(config.listen.drainDelayMs);
      await listener.stop();
      await release();
    },
  };
}

interface ListenInput extends Required<GatewayOptions> {
  readonly running: RunningParts;
  readonly health: Health;
}

async function listen(input: ListenInput): Promise<Listener> {
  const { config, env, health } = input;
  const showsExplorers = config.http.explorers ?? env['NODE_ENV'] !== 'production';
  const server = await createServer(input);
  const { overload } = config;
  const admission = createAdmission(overload.maxRequests);
  const listener = await listenNodeHttp({
    listen: config.listen,
    graphql: server.graphql,
    health,
    pages: showsExplorers ? await openPages(input) : undefined,
    admission,
    retryAfterSeconds: overload.retryAfterSeconds,
    requestTimeoutMs: config.http.requestTimeoutMs,
    log: input.log,
  });
  const stopWatching = watchLoad({ admission, overload, log: input.log });
  return {
    url: listener.url,
    async stop() {
      await listener.stop();
      stopWatching();
      await server.stop();
    },
  };
}

async function openPages({ config, running }: ListenInput): Promise<Pages> {
  const { createPages } = await import('./http/pages.ts');
  return createPages({ signIn: running.signIn, samples: config.http.samples });
}

interface Server {
  readonly graphql: GraphqlEndpoint;
  stop(): Promise<void>;
}

/** Only the chosen server is loaded. */
async function createServer({ config, env, health, log, running }: ListenInput): Promise<Server> {
  const cors = createCors(config.http.cors);
  if (config.server === 'apollo') {
    const { createApolloEndpoint } = await import('./use/apollo-endpoint.ts');
    const isProduction = env['NODE_ENV'] === 'production';
    return createApolloEndpoint({ config, cors, health, isProduction, log, ...running });
  }
  const graphql = createGraphqlEndpoint({
    http: config.http,
    cors,
    answer: (incoming, record) => answer(incoming, running.parts, record),
    isStopping: health.isStopping,
    log,
  });
  return { graphql, stop: () => Promise.resolve() };
}

function createSource({ supergraph }: GatewayConfig): SupergraphSource {
  const { url, ...options } = supergraph;
  return url === undefined ? createFileSource(options) : createHttpSource({ ...options, url });
}

function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}
