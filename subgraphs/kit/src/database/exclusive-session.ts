import type { PoolClient } from 'pg';
import type { Database } from './connect.ts';

/** First half of the advisory lock's key: ours among those of other programs in the same database ("trel" in ASCII). */
const lockClass = 0x7472656c;

/**
 * Runs `task` on one connection while no other process changes the tables of this service: whoever comes second waits.
 * Statements may take as long as they need.
 */
export async function withExclusiveSession<Result>(
  { pool, service }: Pick<Database<unknown>, 'pool' | 'service'>,
  task: (client: PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  try {
    await client.query('set statement_timeout to 0; set idle_in_transaction_session_timeout to 0');
    await client.query('select pg_advisory_lock($1, hashtext($2))', [lockClass, service]);
    return await task(client);
  } finally {
    // Closing the connection gives up the lock and the settings, also after an error of the connection itself.
    client.release(true);
  }
}

/** Runs `task` in a transaction of `client`. */
export async function withTransaction<Result>(
  client: PoolClient,
  task: () => Promise<Result>,
): Promise<Result> {
  await client.query('begin');
  try {
    const result = await task();
    await client.query('commit');
    return result;
  } catch (error) {
    // The first error is the one to tell; after a lost connection there is nothing to roll back.
    await client.query('rollback').catch(() => {});
    throw error;
  }
}
