import type { SignIdentity } from '@trellis/platform/identity';
import type { Logger } from '@trellis/platform/log';
import { ConfigError } from '@trellis/platform/read-config';
import type { RequestContext } from '../request.ts';
import type { BuildService, FindIncomingRequest, IncomingRequest } from './data-source.ts';
import { discoverEndpoints } from './discover/discover-endpoints.ts';
import { createInstances } from './discover/instances.ts';
import { FetchFailure } from './fetch-failure.ts';
import { trafficFor, type SubgraphsOptions, type Traffic } from './options.ts';
import { createSubgraphClient } from './subgraph-client.ts';
import type { SubgraphFetch } from './subgraph-fetch.ts';
import { readTls } from './read-tls.ts';

export interface SubgraphFetchOptions {
  /** Name and routing URL of every subgraph, as the supergraph has them. */
  readonly urls: ReadonlyMap<string, string>;
  /** The `subgraphs` section of gateway.yaml. */
  readonly subgraphs?: SubgraphsOptions;
  /** Absent when no wire secret is set: then subgraphs learn nothing of the caller. */
  readonly signIdentity?: SignIdentity | undefined;
  readonly log: Logger;
  /** Masks what subgraphs say in their errors, except codes that are exposed. Default: true. */
  readonly isMasking?: boolean;
  /** `buildService` of ApolloGateway: data sources the application brings for some subgraphs. */
  readonly buildService?: BuildService | undefined;
  /** The client's request as those data sources see it. Default: its context is `{ requestId, identity, headers }`. */
  readonly findIncomingRequest?: FindIncomingRequest | undefined;
}

/** The transport to all subgraphs of a graph. */
export interface SubgraphTransport {
  readonly fetch: SubgraphFetch;
  /**
   * Follows a new supergraph: subgraphs whose address did not change keep their sockets, breakers and queues, those
   * that are gone finish what is under way.
   */
  update(urls: ReadonlyMap<string, string>): void;
  /** Closes every socket once what is under way has finished. */
  stop(): Promise<void>;
}

interface Client {
  readonly url: string;
  readonly fetch: SubgraphFetch;
  close(): Promise<void>;
}

/** Opens the way to every subgraph. Nothing is connected before the first fetch. */
export function createSubgraphFetch(options: SubgraphFetchOptions): SubgraphTransport {
  const clients = new Map<string, Client>();
  const closing = new Set<Promise<void>>();
  const strangers = new Set(Object.keys(options.subgraphs ?? {}).filter((name) => name !== 'all'));

  function close(client: Client): void {
    const closed = client.close().finally(() => closing.delete(closed));
    closing.add(closed);
  }

  function update(urls: ReadonlyMap<string, string>): void {
    for (const [name, client] of clients) {
      if (urls.get(name) === client.url) continue;
      clients.delete(name);
      close(client);
    }
    for (const [name, url] of urls) {
      if (!clients.has(name)) clients.set(name, createClient(name, url, options));
      strangers.delete(name);
    }
    if (urls.size > 0) warnOfStrangers([...urls.keys()]);
  }

  /** A name that is misspelt in the settings would go unnoticed. Each is told of once: a later supergraph may have it. */
  function warnOfStrangers(known: readonly string[]): void {
    for (const name of strangers) {
      const setting = `subgraphs.${name}`;
      options.log.warn({ setting, subgraphs: known }, 'settings of a subgraph that does not exist');
    }
    strangers.clear();
  }

  update(options.urls);
  return {
    fetch(request, context) {
      const client = clients.get(request.subgraph);
      if (client) return client.fetch(request, context);
      const failure = new FetchFailure('SUBGRAPH_UNAVAILABLE', request.subgraph, {
        detail: 'the supergraph knows no such subgraph',
        blame: 'gateway',
      });
      return Promise.reject(failure);
    },
    update,
    async stop() {
      for (const client of clients.values()) close(client);
      clients.clear();
      await Promise.allSettled(closing);
    },
  };
}

function createClient(subgraph: string, url: string, options: SubgraphFetchOptions): Client {
  const traffic = trafficFor(subgraph, options.subgraphs ?? {});
  const instances = createInstances({
    maxConnections: traffic.bulkhead.maxConcurrent,
    connectTimeoutMs: traffic.connectTimeoutMs,
    maxIdleSocketMs: traffic.maxIdleSocketMs,
    maxSocketAgeMs: traffic.maxSocketAgeMs,
    http2: traffic.http2,
    tls: readCertificates(subgraph, traffic),
  });
  const log = options.log.child({ subgraph });
  const stopDiscovery = discoverEndpoints({ url, traffic, log }, (endpoints) =>
    instances.update(endpoints),
  );
  const fetch = createSubgraphClient({
    subgraph,
    traffic,
    instances: instances.current,
    signIdentity: options.signIdentity,
    log,
    isMasking: options.isMasking ?? true,
    dataSource: options.buildService?.({ name: subgraph, url }),
    findIncomingRequest: options.findIncomingRequest ?? describeCaller,
  });
  return {
    url,
    fetch,
    async close() {
      stopDiscovery();
      await instances.close();
    },
  };
}

/** @throws ConfigError naming the setting */
function readCertificates(subgraph: string, { tls }: Traffic): ReturnType<typeof readTls> {
  try {
    return readTls(tls);
  } catch (error) {
    const { message } = error as Error;
    throw new ConfigError(`subgraphs.${subgraph}.tls: certificates cannot be used: ${message}`, {
      cause: error,
    });
  }
}

function describeCaller({ id, identity, headers }: RequestContext): IncomingRequest {
  const metrics = {};
  return Object.assign({ metrics }, { context: { requestId: id, identity, headers } });
}
