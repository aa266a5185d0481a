import type { PoolClient } from 'pg';
import { withExclusiveSession, withTransaction } from './exclusive-session.ts';
import type { MigratedDatabase } from './migrate.ts';

/** Fills the tables; runs inside one transaction on the given connection. */
export type FillTables = (client: PoolClient) => Promise<void>;

/**
 * Loads a service's first data, once for each `name`: that it was done is written in the same transaction as
 * the data, so being killed in the middle leaves nothing, and processes that start together load it once.
 * Call it after `migrateUp`.
 * @returns whether it was loaded now
 */
export function seedOnce(
  database: MigratedDatabase,
  name: string,
  fill: FillTables,
): Promise<boolean> {
  const table = `"${database.service}".seeding`;
  return withExclusiveSession(database, async (client) => {
    const done = await client.query(`select 1 from ${table} where name = $1`, [name]);
    if (done.rows.length > 0) return false;
    await withTransaction(client, async () => {
      await fill(client);
      await client.query(`insert into ${table} (name) values ($1)`, [name]);
    });
    // The planner knows nothing of rows that came a moment ago; autovacuum would tell it in a minute.
    await analyzeTables(client, database.service);
    return true;
  });
}

/** Only the service's own: those of others may be in the middle of being filled. */
async function analyzeTables(client: PoolClient, service: string): Promise<void> {
  const { rows } = await client.query<{ tables: string | null }>(
    `select string_agg(format('%I.%I', schemaname, tablename), ', ') as tables
     from pg_tables where schemaname = $1`,
    [service],
  );
  const tables = rows[0]?.tables;
  if (tables) await client.query(`analyze ${tables}`);
}
