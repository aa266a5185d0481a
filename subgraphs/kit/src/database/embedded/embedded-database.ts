import { mkdirSync, realpathSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { serverRole } from './create-cluster.ts';
import { withLock } from './exclusive-lock.ts';
import { readPostmaster, stopPostmaster } from './postmaster.ts';
import { ensurePassword, findServerFiles, type ServerFiles } from './server-files.ts';
import { startServer } from './start-server.ts';

/** A share in the clone's PostgreSQL server: it runs at least until this is released. */
export interface EmbeddedDatabase {
  /** `postgres://…@127.0.0.1:port/trellis`; holds the password, so it is not for logs. */
  readonly connectionString: string;
  readonly port: number;
  /** Gives the share back; the last one to leave stops the server. */
  release(): Promise<void>;
}

export interface EmbeddedOptions {
  /** The clone's `.trellis`, see trellis-home.ts. */
  readonly home: string;
  /** Who takes the share, for people who look at the server's connections. */
  readonly user: string;
  /** Default true. False only for data nobody will miss. */
  readonly durable?: boolean;
}

const databaseName = 'trellis';
/** Connections of this name are the shares: PostgreSQL itself keeps count, also of processes that were killed. */
const shareName = 'trellis share';
const lockName = 'server';
/** Long enough for another process to create the cluster on a slow disk. */
const lockTimeoutMs = 90_000;

/**
 * Connects to the server of this clone, starting it if nobody has, and keeps it running until released.
 * Any number of processes may do so at once; one of them starts it.
 * @throws EmbeddedServerUnavailable when PostgreSQL's programs cannot run on this machine
 */
export async function openEmbeddedDatabase(options: EmbeddedOptions): Promise<EmbeddedDatabase> {
  mkdirSync(options.home, { recursive: true });
  const home = realpathSync(options.home);
  const files = findServerFiles(home);
  const lock = { folder: files.folder, name: lockName, timeoutMs: lockTimeoutMs };
  const share = await withLock(lock, () => takeShare(home, files, options));
  const { port } = share;
  const password = encodeURIComponent(ensurePassword(files));
  return {
    connectionString: `postgres://${serverRole}:${password}@127.0.0.1:${port}/${databaseName}`,
    port,
    release: () => withLock(lock, () => leave(share.client, files)),
  };
}

/** @types/pg leaves out that a client's socket can be told not to keep the process alive. */
type ShareClient = pg.Client & { ref(): void; unref(): void };

interface Share {
  readonly client: ShareClient;
  readonly port: number;
}

async function takeShare(
  home: string,
  files: ServerFiles,
  options: EmbeddedOptions,
): Promise<Share> {
  const password = ensurePassword(files);
  const running = readPostmaster(files.dataFolder);
  if (running) {
    const client = await joinServer(running.port, password, options.user);
    if (client) return { client, port: running.port };
    // It is ours and does not answer: it is stopping, or hangs.
    await stopPostmaster(running);
  }
  const port = await startServer(home, files, { password, durable: options.durable ?? true });
  const client = await joinServer(port, password, options.user);
  if (!client)
    throw new Error(`the embedded PostgreSQL started but does not answer at port ${port}`);
  return { client, port };
}

/** @returns undefined when the server does not answer, or is stopping */
async function joinServer(
  port: number,
  password: string,
  user: string,
): Promise<ShareClient | undefined> {
  const end = performance.now() + 10_000;
  while (performance.now() < end) {
    try {
      return await connectShare(port, password, user);
    } catch (error) {
      const { code } = error as { code?: string };
      if (code === '3D000') await createDatabase(port, password);
      else if (code === '28P01') throw explainPassword(error as Error);
      // 57P03: the server starts, recovers or stops.
      else if (code === '57P03') await delay(50);
      else return undefined;
    }
  }
  return undefined;
}

async function connectShare(port: number, password: string, user: string): Promise<ShareClient> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: serverRole,
    password,
    database: databaseName,
    application_name: `${shareName} ${user} ${process.pid}`,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
  }) as ShareClient;
  // Whoever uses the database learns of its end from his own connections.
  client.on('error', () => {});
  await client.connect();
  client.unref();
  return client;
}

async function createDatabase(port: number, password: string): Promise<void> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: serverRole,
    password,
    database: 'postgres',
  });
  await client.connect();
  try {
    await client.query(`create database ${databaseName}`);
  } finally {
    await client.end();
  }
}

function explainPassword(cause: Error): Error {
  return new Error(
    'the embedded database refuses the password in its folder: the password file was removed or changed while the data stayed. Run "npm run reset" to start over.',
    { cause },
  );
}

async function leave(client: ShareClient, files: ServerFiles): Promise<void> {
  client.ref();
  const others = await countOthers(client);
  await client.end().catch(() => {});
  if (others > 0) return;
  const running = readPostmaster(files.dataFolder);
  if (running) await stopPostmaster(running);
}

/** @returns 1 when the server cannot be asked: then it is not ours to stop */
async function countOthers(client: pg.Client): Promise<number> {
  try {
    const result = await client.query<{ count: number }>(
      `select count(*)::int as count from pg_stat_activity
       where application_name like $1 and pid <> pg_backend_pid()`,
      [`${shareName} %`],
    );
    return result.rows[0]?.count ?? 0;
  } catch {
    return 1;
  }
}
