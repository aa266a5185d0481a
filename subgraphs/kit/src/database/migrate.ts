import { DatabaseError, type PoolClient } from 'pg';
import type { Database } from './connect.ts';
import { withExclusiveSession, withTransaction } from './exclusive-session.ts';
import { readMigrations, type Migration } from './migration-files.ts';

/** What a migration needs of a database. */
export type MigratedDatabase = Pick<Database<unknown>, 'pool' | 'service'>;

export interface MigrationState {
  readonly name: string;
  /** undefined while it waits. */
  readonly appliedAt: Date | undefined;
}

interface AppliedMigration {
  readonly name: string;
  readonly checksum: string;
  readonly applied_at: Date;
}

/**
 * Brings a service's tables up to date: runs what has not run yet, each file in a transaction of its own.
 * Safe to call from several processes at once.
 * @param folder holds `0001-what.up.sql` and `0001-what.down.sql`
 * @returns the names of what ran now
 * @throws Error when an applied file was changed, removed or overtaken, or when SQL fails: with file, line and cause
 */
export function migrateUp(
  database: MigratedDatabase,
  folder: string | URL,
): Promise<readonly string[]> {
  const migrations = readMigrations(folder);
  return withExclusiveSession(database, async (client) => {
    const applied = await prepareHistory(client, database.service);
    assertUnchanged(migrations, applied, database.service);
    const waiting = migrations.slice(applied.length);
    for (const migration of waiting) {
      await runFile(client, { name: `${migration.name}.up.sql`, sql: migration.up }, async () => {
        await client.query(
          `insert into "${database.service}".migration (name, checksum) values ($1, $2)`,
          [migration.name, migration.checksum],
        );
      });
    }
    return waiting.map(({ name }) => name);
  });
}

/**
 * Undoes the newest migrations, each in a transaction of its own. What was seeded is gone with its tables,
 * so the record of seeding is removed as well.
 * @param steps how many; Infinity for all
 * @returns the names of what was undone
 * @throws Error when a migration has no `.down.sql`, or when SQL fails
 */
export function migrateDown(
  database: MigratedDatabase,
  folder: string | URL,
  steps = 1,
): Promise<readonly string[]> {
  const migrations = readMigrations(folder);
  return withExclusiveSession(database, async (client) => {
    const { service } = database;
    const applied = await prepareHistory(client, service);
    assertUnchanged(migrations, applied, service);
    const undone = migrations.slice(0, applied.length).toReversed().slice(0, steps);
    for (const { name, down } of undone) {
      if (down === undefined)
        throw new Error(`${service}: ${name} cannot be undone: it has no ${name}.down.sql`);
      await runFile(client, { name: `${name}.down.sql`, sql: down }, async () => {
        await client.query(`delete from "${service}".migration where name = $1`, [name]);
        await client.query(`delete from "${service}".seeding`);
      });
    }
    return undone.map(({ name }) => name);
  });
}

/** Lists all migrations in order, and which of them have run. */
export function readMigrationState(
  database: MigratedDatabase,
  folder: string | URL,
): Promise<readonly MigrationState[]> {
  const migrations = readMigrations(folder);
  return withExclusiveSession(database, async (client) => {
    const applied = await prepareHistory(client, database.service);
    assertUnchanged(migrations, applied, database.service);
    return migrations.map(({ name }, index) => ({ name, appliedAt: applied[index]?.applied_at }));
  });
}

/** Makes the service's schema with the tables that record what was done to it. */
async function prepareHistory(
  client: PoolClient,
  service: string,
): Promise<readonly AppliedMigration[]> {
  await client.query(`
    create schema if not exists "${service}";
    create table if not exists "${service}".migration (
      name text primary key,
      checksum text not null,
      applied_at timestamptz not null default now()
    );
    create table if not exists "${service}".seeding (
      name text primary key,
      seeded_at timestamptz not null default now()
    );`);
  const { rows } = await client.query<AppliedMigration>(
    `select name, checksum, applied_at from "${service}".migration order by name`,
  );
  return rows;
}

/** What has run must be the beginning of what there is, unchanged. */
function assertUnchanged(
  migrations: readonly Migration[],
  applied: readonly AppliedMigration[],
  service: string,
): void {
  for (const [index, { name, checksum }] of applied.entries()) {
    const migration = migrations[index];
    if (migration?.name === name) {
      if (migration.checksum === checksum) continue;
      throw new Error(
        `${service}: ${name}.up.sql was changed after it had been applied to this database. Undo the change and write a new migration; while developing, "npm run reset" starts over.`,
      );
    }
    if (migrations.some((other) => other.name === name)) {
      throw new Error(
        `${service}: ${migration?.name} was added before ${name}, which has already been applied to this database. Give it a higher number.`,
      );
    }
    throw new Error(
      `${service}: ${name} has been applied to this database, but its file is gone. Is the code older than the database?`,
    );
  }
}

async function runFile(
  client: PoolClient,
  { name, sql }: { name: string; sql: string },
  record: () => Promise<void>,
): Promise<void> {
  try {
    await withTransaction(client, async () => {
      await client.query(sql);
      await record();
    });
  } catch (error) {
    throw new Error(`${name}${locate(error, sql)}: ${(error as Error).message}`, { cause: error });
  }
}

/** @returns `:line` where PostgreSQL tells a position */
function locate(error: unknown, sql: string): string {
  if (!(error instanceof DatabaseError) || error.position === undefined) return '';
  return `:${sql.slice(0, Number(error.position)).split('\n').length}`;
}
