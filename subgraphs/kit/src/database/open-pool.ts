import type { Logger } from '@trellis/platform/log';
import pg from 'pg';
import type { DatabaseOptions } from './database-options.ts';
import { openEmbeddedDatabase } from './embedded/embedded-database.ts';
import { EmbeddedServerUnavailable } from './embedded/unavailable.ts';
import { openPglite } from './open-pglite.ts';
import { columnTypes } from './column-types.ts';

export type DatabaseKind = 'server' | 'embedded' | 'pglite';

/** A pool of connections and whatever must be given back after it. */
export interface OpenPool {
  readonly kind: DatabaseKind;
  readonly pool: pg.Pool;
  close(): Promise<void>;
}

export interface PoolRequest {
  readonly service: string;
  /** The clone's `.trellis`. */
  readonly home: string;
  readonly options: DatabaseOptions;
  readonly log: Logger;
  /** Runs on each new connection before anybody gets it. */
  readonly prepare: (client: pg.ClientBase) => Promise<void>;
}

/**
 * Opens the database a service is to use: the server of `DATABASE_URL`, else the clone's embedded PostgreSQL,
 * else PGlite, which it says in one line.
 */
export async function openPool(request: PoolRequest): Promise<OpenPool> {
  const { options, log } = request;
  if (options.url !== undefined) return openServerPool(request, options.url);
  if (options.embedded === 'pglite') return openPglitePool(request);
  try {
    return await openEmbeddedPool(request);
  } catch (error) {
    if (!(error instanceof EmbeddedServerUnavailable) || options.embedded === 'postgres')
      throw error;
    log.warn(
      `using PGlite inside the process of "${request.service}" (slower, one connection), because ${error.message}. Set DATABASE_URL to use a PostgreSQL server.`,
    );
    return openPglitePool(request);
  }
}

function openServerPool(request: PoolRequest, connectionString: string): OpenPool {
  const pool = new pg.Pool({ connectionString, ...makePoolConfig(request) });
  return { kind: 'server', pool, close: () => pool.end() };
}

async function openEmbeddedPool(request: PoolRequest): Promise<OpenPool> {
  const { home, service, log } = request;
  const embedded = await openEmbeddedDatabase({
    home,
    user: service,
    recovery: {
      onReturn: (returned) => {
        // New connections are made from it; the old ones are gone.
        pool.options.connectionString = returned;
      },
      onFailure: ({ message }) => log.error(`the embedded database is not back: ${message}`),
    },
  });
  const { connectionString } = embedded;
  const pool = new pg.Pool({ connectionString, ...makePoolConfig(request) });
  const close = async (): Promise<void> => {
    await pool.end();
    await embedded.release();
  };
  return { kind: 'embedded', pool, close };
}

async function openPglitePool(request: PoolRequest): Promise<OpenPool> {
  const pglite = await openPglite(request.home, request.service);
  const pool = new pg.Pool({
    ...makePoolConfig(request),
    Client: pglite.Client,
    max: 1,
    // The one connection is never given up: a new one costs more than it holds.
    idleTimeoutMillis: 0,
    // Its callers queue behind one another, so they need longer than those of a server.
    connectionTimeoutMillis: request.options.connectTimeoutMs * 5,
  });
  const close = async (): Promise<void> => {
    await pool.end();
    await pglite.close();
  };
  return { kind: 'pglite', pool, close };
}

function makePoolConfig({ service, options, prepare }: PoolRequest): pg.PoolConfig {
  return {
    application_name: `trellis-${service}`,
    max: options.poolSize,
    connectionTimeoutMillis: options.connectTimeoutMs,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    types: columnTypes,
    // The pool waits for the promise, which its types do not mention.
    onConnect: prepare as unknown as (client: pg.ClientBase) => undefined,
  };
}
