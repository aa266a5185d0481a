import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { serverRole } from './create-cluster.ts';

/** The one database of an embedded server. */
export const databaseName = 'trellis';
/** Connections of this name are the shares: PostgreSQL itself keeps count, also of processes that were killed. */
const shareName = 'trellis share';

/** @types/pg leaves out that a client's socket can be told not to keep the process alive. */
export type ShareClient = pg.Client & {
  ref(): void;
  unref(): void;
  /** Resolves when the connection has ended, whoever ended it. */
  readonly ended: Promise<void>;
};

/**
 * Takes a share in a running server: a connection that stays open.
 * @param user who takes it, for people who look at the server's connections
 * @returns undefined when the server does not answer, or is stopping
 */
export async function joinServer(
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
  const opened = new pg.Client({
    host: '127.0.0.1',
    port,
    user: serverRole,
    password,
    database: databaseName,
    application_name: `${shareName} ${user} ${process.pid}`,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
  });
  const ended = new Promise<void>((resolve) => opened.once('end', () => resolve()));
  const client = Object.assign(opened, { ended }) as ShareClient;
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

/**
 * Tells who else has a share, such as `orders 4711`.
 * @throws Error when the server does not answer
 */
export async function listOtherShares(client: ShareClient): Promise<readonly string[]> {
  const result = await client.query<{ name: string }>(
    `select application_name as name from pg_stat_activity
     where application_name like $1 and pid <> pg_backend_pid() order by 1`,
    [`${shareName} %`],
  );
  return result.rows.map(({ name }) => name.slice(shareName.length + 1));
}
