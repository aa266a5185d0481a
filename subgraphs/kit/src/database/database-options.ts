import { checkConfig } from '@trellis/platform/read-config';
import { z } from 'zod';

/** How a service uses its database. Durations in milliseconds. */
export interface DatabaseOptions {
  /** A real server; undefined means the embedded one. */
  readonly url: string | undefined;
  /** Which embedded database: `auto` tries PostgreSQL's programs first. */
  readonly embedded: 'auto' | 'postgres' | 'pglite';
  readonly poolSize: number;
  /** Longest wait for a free connection, or for a new one to stand. */
  readonly connectTimeoutMs: number;
  readonly statementTimeoutMs: number;
  /** How long a start waits for a server that is not there yet. */
  readonly startTimeoutMs: number;
}

const wholeNumber = (least: number) => z.coerce.number().int().min(least);

const settings = z.object({
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must begin with postgres:// or postgresql://')
    .optional(),
  TRELLIS_DATABASE: z.enum(['auto', 'postgres', 'pglite']).default('auto'),
  DATABASE_POOL_SIZE: wholeNumber(1).default(10),
  DATABASE_CONNECT_TIMEOUT_MS: wholeNumber(1).default(2_000),
  DATABASE_STATEMENT_TIMEOUT_MS: wholeNumber(0).default(3_000),
  DATABASE_START_TIMEOUT_MS: wholeNumber(0).default(15_000),
});

/**
 * Reads the settings of docs/database.md. `ORDERS_DATABASE_URL` goes before `DATABASE_URL` for the service
 * `orders`, and so for every `DATABASE_…`.
 * @throws ConfigError naming the variable and what is allowed
 */
export function readDatabaseOptions(service: string, env: NodeJS.ProcessEnv): DatabaseOptions {
  const prefix = `${service.toUpperCase().replaceAll('-', '_')}_`;
  const values = Object.keys(settings.shape).map((name) => {
    const value = (name.startsWith('DATABASE_') && env[`${prefix}${name}`]) || env[name];
    return [name, value === '' ? undefined : value] as const;
  });
  const read = checkConfig(settings, Object.fromEntries(values), 'environment');
  return {
    url: read.DATABASE_URL,
    embedded: read.TRELLIS_DATABASE,
    poolSize: read.DATABASE_POOL_SIZE,
    connectTimeoutMs: read.DATABASE_CONNECT_TIMEOUT_MS,
    statementTimeoutMs: read.DATABASE_STATEMENT_TIMEOUT_MS,
    startTimeoutMs: read.DATABASE_START_TIMEOUT_MS,
  };
}
