import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import pg from 'pg';
import { openEmbeddedDatabase } from './embedded/embedded-database.ts';
import { findTrellisHome } from './trellis-home.ts';

/** An empty database that nobody else uses. */
export interface TestDatabase {
  readonly url: string;
  /** What to give as `env` to `connectDatabase`, or to a process: our own environment with this database in it. */
  readonly env: NodeJS.ProcessEnv;
  /** Removes it, whoever is still connected. */
  stop(): Promise<void>;
}

/** Names begin so, that what a killed run left behind can be told from everything else. */
const namePrefix = 'trellis_test_';

/**
 * Makes an empty database for one test file, in some 50 ms: on the server of `TEST_DATABASE_URL` (or
 * `DATABASE_URL`), whose role must be allowed to create databases, else on an embedded server that the tests of
 * this clone share. Text compares by code point on both, so that tests see one order everywhere.
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = await openTestServer();
  const name = `${namePrefix}${process.pid}_${randomBytes(4).toString('hex')}`;
  try {
    await onServer(server.url, async (client) => {
      await client.query(
        `create database ${name} template template0 encoding 'UTF8' ${await chooseLocale(client)}`,
      );
    });
  } catch (error) {
    await server.release();
    throw error;
  }
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    env: { ...process.env, DATABASE_URL: url.href },
    stop: async () => {
      await onServer(server.url, (client) => client.query(`drop database ${name} with (force)`));
      await server.release();
    },
  };
}

/** Comparison by code point, with the case rules of Unicode where the server brings its own (PostgreSQL 17). */
async function chooseLocale(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ version: number }>(
    `select current_setting('server_version_num')::int as version`,
  );
  return (rows[0]?.version ?? 0) >= 170_000
    ? `locale_provider builtin builtin_locale 'C.UTF-8' locale 'C'`
    : `locale_provider libc lc_collate 'C'`;
}

interface TestServer {
  readonly url: string;
  release(): Promise<void>;
}

async function openTestServer(): Promise<TestServer> {
  const url = process.env['TEST_DATABASE_URL'] || process.env['DATABASE_URL'];
  if (url) return { url, release: async () => {} };
  const home = process.env['TRELLIS_TEST_HOME'] ?? join(findTrellisHome(), 'test');
  const embedded = await openEmbeddedDatabase({ home, user: 'test', durable: false });
  return { url: embedded.connectionString, release: () => embedded.release() };
}

async function onServer(url: string, task: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url, application_name: 'trellis-test' });
  await client.connect();
  try {
    await task(client);
  } finally {
    await client.end();
  }
}
