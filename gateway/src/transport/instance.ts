import type { LookupFunction } from 'node:net';
import type { buildConnector, Dispatcher } from 'undici';
import { createConnector, type TlsMaterial } from './connector.ts';
import type { ExchangePool } from './exchange-pool.ts';
import { ConnectionPool } from './http1/connection-pool.ts';
import type { ExchangeRequest } from './http1/exchange.ts';
import { SessionPool } from './http2/session-pool.ts';
import { loadUndici } from './load-undici.ts';

export interface InstanceOptions {
  readonly maxConnections: number;
  readonly connectTimeoutMs: number;
  /** Sockets idle for longer are closed. A shorter Keep-Alive hint of the subgraph wins. */
  readonly maxIdleSocketMs: number;
  /** Sockets older than this are not used again, so that a moved name is followed. */
  readonly maxSocketAgeMs: number;
  readonly http2: boolean;
  readonly tls: () => TlsMaterial;
  readonly lookup?: LookupFunction | undefined;
}

/** Where one instance of a subgraph listens. Equal keys are the same instance. */
export interface Endpoint {
  readonly url: URL;
  /** Connect here instead of to the host of the URL. */
  readonly address?: string | undefined;
  /** Its share of the fetches beside other instances; default 1. Changes without making another instance of it. */
  readonly weight?: number | undefined;
  /** Default 0. One with a higher number is asked only while none with a lower one is well (RFC 2782). */
  readonly priority?: number | undefined;
}

export function endpointKey({ url, address }: Endpoint): string {
  return address === undefined ? url.href : `${url.href} at ${address}`;
}

/** One instance of a subgraph and its sockets. */
export interface Instance {
  readonly endpoint: Endpoint;
  readonly path: string;
  /** Fetches under way: the load that balancing looks at. */
  pending: number;
  /** Failures since the last success. */
  failuresInRow: number;
  /** Not chosen before this moment while another instance can be. */
  ejectedUntilMs: number;
  /** Asked for quiet until this moment, by Retry-After: nothing is sent to it before. 0 when it did not. */
  heldUntilMs: number;
  /** Its share of the fetches beside other instances. */
  weight: number;
  /** Lower is better. */
  priority: number;
  /** @param useNewSocket a socket that has never been idle: for mutations, and for queries that met a stale one */
  dispatch(
    request: ExchangeRequest,
    responder: Dispatcher.DispatchHandler,
    useNewSocket: boolean,
  ): void;
  /** Lets what is under way finish, and closes the sockets. */
  close(): Promise<void>;
}

export function createInstance(endpoint: Endpoint, options: InstanceOptions): Instance {
  if (endpoint.url.protocol === 'https:') loadUndici();
  const create = options.http2 ? createSessionPool : createConnectionPool;
  const pooled = create(endpoint, options);
  let unpooled: ExchangePool | undefined;
  return {
    endpoint,
    path: endpoint.url.pathname + endpoint.url.search,
    pending: 0,
    failuresInRow: 0,
    ejectedUntilMs: 0,
    heldUntilMs: 0,
    weight: endpoint.weight ?? 1,
    priority: endpoint.priority ?? 0,
    dispatch(request, responder, useNewSocket) {
      if (!useNewSocket) {
        pooled.dispatch(request, responder);
        return;
      }
      // Nothing is used a second time that is too old once it has been used.
      unpooled ??= create(endpoint, { ...options, maxSocketAgeMs: -1 });
      unpooled.dispatch(request, responder);
    },
    async close() {
      await Promise.all([pooled.close(), unpooled?.close()]);
    },
  };
}

function createConnectionPool(endpoint: Endpoint, options: InstanceOptions): ExchangePool {
  return new ConnectionPool(endpoint.url, {
    maxConnections: options.maxConnections,
    maxIdleMs: options.maxIdleSocketMs,
    maxAgeMs: options.maxSocketAgeMs,
    connect: connectorFor(endpoint, options),
  });
}

/** HTTP/2, and HTTP/1.1 where the other side does not speak it. */
function createSessionPool(endpoint: Endpoint, options: InstanceOptions): ExchangePool {
  return new SessionPool(endpoint.url, {
    maxIdleMs: options.maxIdleSocketMs,
    maxAgeMs: options.maxSocketAgeMs,
    connect: connectorFor(endpoint, options),
    openFallback: () => createConnectionPool(endpoint, { ...options, http2: false }),
  });
}

function connectorFor(endpoint: Endpoint, options: InstanceOptions): buildConnector.connector {
  return createConnector({
    connectTimeoutMs: options.connectTimeoutMs,
    http2: options.http2,
    tls: options.tls,
    address: endpoint.address,
    lookup: options.lookup,
  });
}
