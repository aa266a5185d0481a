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
import { createLog, type Logger } from '@trellis/platform/log';
import { checkConfig } from '@trellis/platform/read-config';
import type { z } from 'zod';
import { configSchema, type GatewayConfig } from '../config.ts';
import { createParts } from '../create-parts.ts';
import type { IncomingHeaders } from '../incoming-headers.ts';
import { createFileSource } from '../supergraph/file-source.ts';
import { createManagerSource } from '../supergraph/manager-source.ts';
import type { SupergraphSource } from '../supergraph/source.ts';
import { createGatewayInterface } from './gateway-interface.ts';

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
  /** Settings as in gateway.yaml; those of the listener are Apollo Server's own affair. */
  readonly settings?: Pick<
    z.input<typeof configSchema>,
    'engine' | 'execution' | 'http' | 'operation' | 'subgraphs'
  >;
  readonly logger?: Logger;
}

/** A gateway for `new ApolloServer({ gateway })`, in place of `ApolloGateway`. */
export class TrellisGateway implements GatewayInterface {
  readonly #options: TrellisGatewayOptions;
  readonly #callbacks = new Set<GatewaySchemaLoadOrUpdateCallback>();
  #loaded: GatewayInterface | undefined;

  constructor(options: TrellisGatewayOptions = {}) {
    this.#options = options;
  }

  /** Called by Apollo Server when it starts. @throws Error when the supergraph is missing or invalid */
  async load(options: Parameters<GatewayInterface['load']>[0]): Promise<GatewayLoadResult> {
    const loaded = await load(this.#options);
    this.#loaded = loaded;
    for (const callback of this.#callbacks) loaded.onSchemaLoadOrUpdate(callback);
    return loaded.load(options);
  }

  onSchemaLoadOrUpdate(callback: GatewaySchemaLoadOrUpdateCallback): GatewayUnsubscriber {
    if (this.#loaded) return this.#loaded.onSchemaLoadOrUpdate(callback);
    this.#callbacks.add(callback);
    return () => this.#callbacks.delete(callback);
  }

  async stop(): Promise<void> {
    await this.#loaded?.stop();
  }
}

async function load(options: TrellisGatewayOptions): Promise<GatewayInterface> {
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
  return createGatewayInterface({
    ...running,
    log,
    requestTimeoutMs: config.http.requestTimeoutMs,
    onRequest: (headers, request) => requests.set(headers, request),
  });
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
