import type { LookupFunction } from 'node:net';
import type { buildConnector, Dispatcher, Pool } from 'undici';
import { createConnector, type TlsMaterial } from './connector.ts';
import { ConnectionPool } from './http1/connection-pool.ts';
import type { ExchangeRequest } from './http1/exchange.ts';
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
  const pooled = options.http2
    ? createAgingPool(endpoint, options)
    : createConnectionPool(endpoint, options);
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
      unpooled ??= options.http2
        ? createUnpooled(endpoint, options)
        : // Nothing is used a second time that is too old once it has been used.
          createConnectionPool(endpoint, { ...options, maxSocketAgeMs: -1 });
      unpooled.dispatch(request, responder);
    },
    async close() {
      await Promise.all([pooled.close(), unpooled?.close()]);
    },
  };
}

/** Carries exchanges over sockets. */
interface ExchangePool {
  dispatch(request: ExchangeRequest, responder: Dispatcher.DispatchHandler): void;
  close(): Promise<void>;
}

function createConnectionPool(endpoint: Endpoint, options: InstanceOptions): ExchangePool {
  return new ConnectionPool(endpoint.url, {
    maxConnections: options.maxConnections,
    maxIdleMs: options.maxIdleSocketMs,
    maxAgeMs: options.maxSocketAgeMs,
    connect: connectorFor(endpoint, options),
  });
}

/**
 * HTTP/2 over undici. Replaces the pool by a new one when its sockets may be too old; the old one finishes what it has.
 * undici's own `clientTtl` looks at the clock once per busy socket and request.
 */
function createAgingPool(endpoint: Endpoint, options: InstanceOptions): ExchangePool {
  const open = (): Pool =>
    createPool(endpoint, options, {
      keepAliveTimeout: options.maxIdleSocketMs,
      keepAliveMaxTimeout: options.maxIdleSocketMs,
      pipelining: 100,
    });
  let pool = open();
  let openedAtMs = performance.now();
  const closing = new Set<Promise<void>>();

  function close(old: Pool): void {
    const closed = old.close().finally(() => closing.delete(closed));
    closing.add(closed);
  }

  return {
    dispatch(request, responder) {
      const nowMs = performance.now();
      if (nowMs - openedAtMs > options.maxSocketAgeMs) {
        close(pool);
        pool = open();
        openedAtMs = nowMs;
      }
      pool.dispatch(forUndici(request), responder);
    },
    async close() {
      close(pool);
      await Promise.all(closing);
    },
  };
}

/** HTTP/2 over undici, one request after the other on each socket. */
function createUnpooled(endpoint: Endpoint, options: InstanceOptions): ExchangePool {
  const pool = createPool(endpoint, options, { pipelining: 1 });
  return {
    dispatch: (request, responder) => void pool.dispatch(forUndici(request), responder),
    close: () => pool.close(),
  };
}

function forUndici({ path, method, headers, body }: ExchangeRequest): Dispatcher.DispatchOptions {
  return { path, method, headers: headers.toList(), body };
}

function createPool(endpoint: Endpoint, options: InstanceOptions, extra: Pool.Options): Pool {
  const { Pool } = loadUndici();
  return new Pool(endpoint.url.origin, {
    connections: options.maxConnections,
    allowH2: options.http2,
    // The fetch has one limit of its own for headers and body together.
    headersTimeout: 0,
    bodyTimeout: 0,
    ...extra,
    connect: connectorFor(endpoint, options),
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
