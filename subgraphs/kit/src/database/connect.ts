import type { Logger } from '@trellis/platform/log';
import { setTimeout as delay } from 'node:timers/promises';
import { Kysely, PostgresDialect } from 'kysely';
import type pg from 'pg';
import { readDatabaseOptions, type DatabaseOptions } from './database-options.ts';
import { openPool, type DatabaseKind } from './open-pool.ts';
import { createOutage, type Outage } from './outage.ts';
import {
  observeStatements,
  publishStatement,
  type Statement,
  type StatementListener,
} from './statements.ts';
import { findTrellisHome } from './trellis-home.ts';

/** A service's own database: the PostgreSQL schema that is named like the service. */
export interface Database<Schema> {
  readonly service: string;
  readonly kind: DatabaseKind;
  /** Typed queries. Tables need no prefix: `search_path` points at the service's schema. */
  readonly db: Kysely<Schema>;
  /** The connections under `db`, for what Kysely cannot say (LISTEN, COPY). */
  readonly pool: pg.Pool;
  /** Calls back for every statement this database is sent; returns the function that ends it. */
  onStatement(listener: StatementListener): () => void;
  /** Tells errors of a database that is away from others, and logs each outage once. */
  readonly outage: Outage;
  /** @throws Error when the database does not answer: what readiness asks */
  ping(): Promise<void>;
  /** Closes all connections; the last process to leave stops the embedded server. */
  stop(): Promise<void>;
}

export interface ConnectRequest {
  /** As in supergraph.yaml: lower case letters, digits, `-` and `_`. */
  readonly service: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly log: Logger;
}

const servicePattern = /^[a-z][a-z0-9_-]{0,40}$/;

/**
 * Connects a service to its database (docs/database.md says which) and waits until that answers.
 * @throws ConfigError when a setting is wrong
 * @throws Error when the database does not answer in time; the message names host and cause, never a password
 */
export async function connectDatabase<Schema>(request: ConnectRequest): Promise<Database<Schema>> {
  const { service, env = process.env, log } = request;
  if (!servicePattern.test(service)) {
    throw new Error(`"${service}" cannot name a service: use lower case letters, digits, - and _`);
  }
  const options = readDatabaseOptions(service, env);
  const listeners = new Set<StatementListener>();
  const opened = await openPool({
    service,
    home: findTrellisHome(env),
    options,
    log,
    prepare: (client) => prepareConnection(client, { service, options, listeners }),
  });
  const { pool, kind } = opened;
  const ping = async (): Promise<void> => {
    await pool.query('select 1');
  };
  const outage = createOutage({ log, probe: ping });
  // An idle connection that ends alone is no outage: the pool opens another one.
  pool.on('error', (error) => log.debug({ err: error }, 'an idle database connection was lost'));
  let stopped: Promise<void> | undefined;
  const database: Database<Schema> = {
    service,
    kind,
    pool,
    db: new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) }),
    onStatement(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    outage,
    ping,
    stop: () => {
      outage.stop();
      return (stopped ??= opened.close());
    },
  };
  try {
    await waitUntilReady(database, options, log);
  } catch (error) {
    await database.stop();
    throw error;
  }
  return database;
}

interface Preparation {
  readonly service: string;
  readonly options: DatabaseOptions;
  readonly listeners: ReadonlySet<StatementListener>;
}

async function prepareConnection(
  client: pg.ClientBase,
  { service, options, listeners }: Preparation,
): Promise<void> {
  await client.query(
    `set search_path to "${service}", public; set statement_timeout to ${options.statementTimeoutMs}; set idle_in_transaction_session_timeout to 60000; set timezone to 'UTC'`,
  );
  // A lost connection rejects the query that runs on it; as an event nobody hears it would end the process.
  client.on('error', () => {});
  observeStatements(client, (sql) => {
    const statement: Statement = { service, sql };
    for (const listener of listeners) listener(statement);
    publishStatement(statement);
    return statement;
  });
}

/** A server that is just starting, or not there yet, is waited for: containers come up in any order. */
async function waitUntilReady(
  database: Pick<Database<unknown>, 'ping'>,
  { url, startTimeoutMs }: DatabaseOptions,
  log: Logger,
): Promise<void> {
  const end = performance.now() + startTimeoutMs;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await database.ping();
    } catch (error) {
      if (!isPassing(error) || performance.now() > end)
        throw explainUnreachable(url, error as Error);
      if (attempt === 1) log.warn(`waiting for the database: ${describeError(error as Error)}`);
      await delay(Math.min(250 * attempt, 1_000));
    }
  }
}

/** Wrong passwords and unknown databases do not heal by waiting. */
function isPassing(error: unknown): boolean {
  const { code, message } = error as { code?: string; message: string };
  if (code === undefined) return /timeout|terminated/i.test(message);
  return /^(ECONN|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|57P03|53300)/.test(code);
}

function explainUnreachable(url: string | undefined, cause: Error): Error {
  if (url === undefined) {
    return new Error(`the embedded database does not answer: ${describeError(cause)}`, { cause });
  }
  return new Error(
    `the database of DATABASE_URL (${hidePassword(url)}) does not answer: ${describeError(cause)}. Check that it runs and that address, name and password are right.`,
    { cause },
  );
}

/** An AggregateError (one try per address of a name) has an empty message of its own. */
function describeError(error: Error): string {
  const inner = error instanceof AggregateError ? (error.errors[0] as Error) : error;
  return inner.message || (error as NodeJS.ErrnoException).code || error.name;
}

function hidePassword(url: string): string {
  return url.replace(/^(\w+:\/\/)[^@/]*@/, '$1').replace(/\?.*$/, '');
}
