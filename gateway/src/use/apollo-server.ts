import {
  RemoteGraphQLDataSource,
  type GraphQLDataSource,
  type SupergraphManager,
  type SupergraphSdlHook,
} from '@apollo/gateway';
import type {
  GatewayGraphQLRequestContext,
  GatewayInterface,
  GatewayLoadResult,
  GatewaySchemaLoadOrUpdateCallback,
  GatewayUnsubscriber,
} from '@apollo/server-gateway-interface';
import type { ApolloServerPlugin } from '@apollo/server';
import { createLog, type Logger } from '@trellis/platform/log';
import { checkConfig } from '@trellis/platform/read-config';
import type { z } from 'zod';
import { configSchema, type GatewayConfig } from '../config.ts';
import { createParts, type RunningParts } from '../create-parts.ts';
import { liveness, readiness, type Health } from '../http/health.ts';
import type { IncomingHeaders } from '../incoming-headers.ts';
import type { IncomingOperation } from '../request.ts';
import { createFileSource } from '../supergraph/file-source.ts';
import { createManagerSource } from '../supergraph/manager-source.ts';
import type { SupergraphSource } from '../supergraph/source.ts';
import { describeServed } from '../telemetry/describe-served.ts';
import { startTelemetry, type Telemetry } from '../telemetry/start-telemetry.ts';
import { createGatewayInterface } from './gateway-interface.ts';
import { createLimitsPlugin } from './limits-plugin.ts';

/** The options of `ApolloGateway` that have a meaning here, and our own settings. */
export interface TrellisGatewayOptions {
  /** As for `ApolloGateway`: the text, a manager such as `IntrospectAndCompose`, or a function. */
  readonly supergraphSdl?: string | SupergraphManager | SupergraphSdlHook;
  /** In place of `supergraphSdl`: a file that is watched. */
  readonly supergraphFile?: string;
  /** As for `ApolloGateway`. Without it subgraphs are asked through our transport, which is faster and more robust. */
  readonly buildService?: (definition: {
    readonly name: string;
    readonly url?: string;
  }) => GraphQLDataSource;
  /**
   * Settings as in gateway.yaml; those of the listener are Apollo Server's own affair. Metrics, spans and logs are only
   * made when `telemetry` is given. Paths start at the working directory.
   */
  readonly settings?: Pick<
    z.input<typeof configSchema>,
    | 'authentication'
    | 'authorization'
    | 'engine'
    | 'execution'
    | 'http'
    | 'operation'
    | 'rateLimits'
    | 'subgraphs'
    | 'telemetry'
  >;
  readonly logger?: Logger;
}

/** A gateway for `new ApolloServer({ gateway })`, in place of `ApolloGateway`. */
export class TrellisGateway implements GatewayInterface {
  readonly #options: TrellisGatewayOptions;
  readonly #callbacks = new Set<GatewaySchemaLoadOrUpdateCallback>();
  #loaded: Loaded | undefined;

  constructor(options: TrellisGatewayOptions = {}) {
    this.#options = options;
  }

  /** Called by Apollo Server when it starts. @throws Error when the supergraph is missing or invalid */
  async load(options: Parameters<GatewayInterface['load']>[0]): Promise<GatewayLoadResult> {
    const loaded = await load(this.#options);
    this.#loaded = loaded;
    for (const callback of this.#callbacks) loaded.gateway.onSchemaLoadOrUpdate(callback);
    return loaded.gateway.load(options);
  }

  /**
   * A plugin for `new ApolloServer({ gateway, plugins: [gateway.limits()] })`: what `settings.operation` does not allow is
   * refused before Apollo Server parses and validates it. Without it, only afterwards.
   */
  limits(): ApolloServerPlugin {
    return createLimitsPlugin((request) => {
      const loaded = this.#loaded;
      if (loaded) loaded.prepare(request);
    });
  }

  onSchemaLoadOrUpdate(callback: GatewaySchemaLoadOrUpdateCallback): GatewayUnsubscriber {
    if (this.#loaded) return this.#loaded.gateway.onSchemaLoadOrUpdate(callback);
    this.#callbacks.add(callback);
    return () => this.#callbacks.delete(callback);
  }

  async stop(): Promise<void> {
    await this.#loaded?.gateway.stop();
  }
}

interface Loaded {
  readonly gateway: GatewayInterface;
  /** @throws GatewayError when the operation must not be run */
  readonly prepare: (incoming: IncomingOperation) => void;
}

async function load(options: TrellisGatewayOptions): Promise<Loaded> {
  const config = readSettings(options);
  const log = options.logger ?? createLog('gateway');
  /** Each request's headers object is its own, and goes through the walk as it is. */
  const requests = new WeakMap<IncomingHeaders, GatewayGraphQLRequestContext>();
  const dataSourceOf = createDataSources(options);
  const running = await createParts({
    config,
    source: createSource(options, config, dataSourceOf),
    log,
    env: process.env,
    dataSources: {
      buildService: options.buildService && dataSourceOf,
      findIncomingRequest: ({ headers }) => requests.get(headers) ?? { context: {} },
    },
  });
  const { parts, supergraph } = running;
  const telemetry = await watch(options, { config, log, running });
  return {
    prepare: (incoming) => parts.prepare(incoming, supergraph.get().snapshot),
    gateway: createGatewayInterface({
      ...running,
      log,
      requestTimeoutMs: config.http.requestTimeoutMs,
      onRequest: (headers, request) => requests.set(headers, request),
      async stop() {
        await running.stop();
        await telemetry?.stop();
      },
    }),
  };
}

interface Watched {
  readonly config: GatewayConfig;
  readonly log: Logger;
  readonly running: RunningParts;
}

/** Starts what `settings.telemetry` asks for. The application has logs and listeners of its own: by itself nothing is opened. */
async function watch(
  { settings }: TrellisGatewayOptions,
  { config, log, running }: Watched,
): Promise<Telemetry | undefined> {
  if (!settings?.telemetry) return undefined;
  const health: Health = {
    isReady: () => running.supergraph.isServing(),
    isStopping: () => false,
  };
  try {
    return await startTelemetry({
      options: config.telemetry,
      log,
      env: process.env,
      health: { liveness, readiness: () => readiness(health) },
      isWorker: false,
      served: () => describeServed(running),
    });
  } catch (error) {
    await running.stop();
    throw error;
  }
}

/** Apollo Server has validated the operation, introspection and suggestions included. */
function readSettings({ settings, buildService }: TrellisGatewayOptions): GatewayConfig {
  const config = checkConfig(configSchema, settings ?? {}, 'settings of TrellisGateway');
  const operation = { ...config.operation, introspection: true };
  if (!buildService) return { ...config, operation };
  // What a data source sends may depend on the context of its request, of which we know nothing.
  const unshared = { shareOperations: false, batchEntities: false };
  return { ...config, operation, execution: { ...config.execution, ...unshared } };
}

type DataSourceOf = (definition: {
  readonly name: string;
  readonly url: string;
}) => GraphQLDataSource;

/** One data source per name and address, as `ApolloGateway` keeps them. */
function createDataSources({ buildService }: TrellisGatewayOptions): DataSourceOf {
  const known = new Map<string, GraphQLDataSource>();
  return function dataSourceOf({ name, url }) {
    const key = `${name} ${url}`;
    let dataSource = known.get(key);
    if (!dataSource) {
      dataSource = buildService
        ? buildService({ name, url })
        : new RemoteGraphQLDataSource({ url });
      known.set(key, dataSource);
    }
    return dataSource;
  };
}

function createSource(
  { supergraphSdl, supergraphFile }: TrellisGatewayOptions,
  config: GatewayConfig,
  getDataSource: DataSourceOf,
): SupergraphSource {
  if (supergraphSdl === undefined) {
    return createFileSource({
      ...config.supergraph,
      file: supergraphFile ?? config.supergraph.file,
    });
  }
  if (typeof supergraphSdl !== 'string') return createManagerSource(supergraphSdl, getDataSource);
  return {
    description: 'supergraphSdl',
    load: async () => supergraphSdl,
    watch: () => () => undefined,
  };
}
