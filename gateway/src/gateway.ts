import { createIdentitySigner } from '@trellis/platform/identity';
import type { Logger } from '@trellis/platform/log';
import { readWireKeys } from '@trellis/platform/wire-keys';
import { authenticateNobody } from './authentication/authenticate-nobody.ts';
import { permitEverything } from './authorization/permit-everything.ts';
import type { GatewayConfig } from './config.ts';
import { createCurrentGraph } from './current-graph.ts';
import { createEngine } from './execution/create-engine.ts';
import { explain } from './explain/explain.ts';
import { createCors } from './http/cors.ts';
import { createGraphqlEndpoint } from './http/graphql-endpoint.ts';
import type { Health } from './http/health.ts';
import { createPrepare } from './operation/prepare.ts';
import { answer, type Parts } from './pipeline.ts';
import { createFileSource } from './supergraph/file-source.ts';
import { createHttpSource } from './supergraph/http-source.ts';
import type { SupergraphSource } from './supergraph/source.ts';
import { startAccessLog } from './telemetry/access-log.ts';
import { createSubgraphFetch } from './transport/create-subgraph-fetch.ts';
import { listenNodeHttp } from './use/node-http.ts';

export interface GatewayOptions {
  readonly config: GatewayConfig;
  readonly log: Logger;
  /** `NODE_ENV` and the wire secret are read from it. Default: the process's own. */
  readonly env?: NodeJS.ProcessEnv;
}

export interface Gateway {
  /** Where it listens, such as `http://127.0.0.1:4000`. GraphQL is at `/graphql` below it. */
  readonly url: string;
  /** Readiness says no, requests under way finish, everything is closed. */
  stop(): Promise<void>;
}

/**
 * Builds each part once, wires them and listens. Nothing else happens here.
 * @throws Error with one clear message when the supergraph is missing or invalid, or the address is taken
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { config, log, env = process.env } = options;
  const isProduction = env['NODE_ENV'] === 'production';
  const keys = readWireKeys(env);
  const signIdentity = keys[0] ? createIdentitySigner(keys[0]) : undefined;
  if (!signIdentity) {
    log.info('no TRELLIS_WIRE_SECRET: requests to subgraphs carry no signed identity');
  }

  const transport = createSubgraphFetch({
    urls: new Map(),
    subgraphs: config.subgraphs,
    signIdentity,
    log,
    isMasking: isProduction,
  });
  const supergraph = createCurrentGraph({
    config,
    source: createSource(config),
    createEngine: (snapshot) => createEngine(snapshot, config),
    transport,
    log,
  });
  await supergraph.start();
  const showsExplorers = config.http.explorers ?? !isProduction;
  const parts: Parts = {
    graph: supergraph.get,
    authenticate: authenticateNobody,
    prepare: createPrepare(config.operation, isProduction),
    authorize: permitEverything,
    explain: isProduction ? undefined : explain,
  };
  let isStopping = false;
  const health: Health = { isReady: supergraph.isServing, isStopping: () => isStopping };
  const stopAccessLog = config.telemetry.accessLog ? startAccessLog(log) : undefined;
  const listener = await listenNodeHttp({
    listen: config.listen,
    graphql: createGraphqlEndpoint({
      http: config.http,
      cors: createCors(config.http.cors),
      answer: (incoming, record) => answer(incoming, parts, record),
      isStopping: health.isStopping,
      log,
    }),
    health,
    pages: showsExplorers ? await import('./http/pages.ts') : undefined,
  });

  return {
    url: listener.url,
    async stop() {
      isStopping = true;
      await pause(config.listen.drainDelayMs);
      await listener.stop();
      supergraph.stop();
      await supergraph.get().engine.close?.();
      await transport.stop();
      stopAccessLog?.();
    },
  };
}

function createSource({ supergraph }: GatewayConfig): SupergraphSource {
  const { url, ...options } = supergraph;
  return url === undefined ? createFileSource(options) : createHttpSource({ ...options, url });
}

function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}
