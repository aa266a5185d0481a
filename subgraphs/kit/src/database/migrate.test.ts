import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLog } from '@trellis/platform/log';
import { connectDatabase, type Database } from './connect.ts';
import { migrateDown, migrateUp, readMigrationState } from './migrate.ts';
import { seedOnce } from './seed.ts';
import { createTestDatabase, type TestDatabase } from './test-database.ts';

const log = createLog('test', { LOG_LEVEL: 'silent' });
let server: TestDatabase;
let database: Database<unknown>;
let folder: string;
let count = 0;

beforeAll(async () => {
  server = await createTestDatabase();
});

afterAll(async () => {
  await server.stop();
});

/** Each test is a service of its own in the same database. */
beforeEach(async () => {
  count += 1;
  folder = mkdtempSync(join(tmpdir(), 'trellis migrations '));
  database = await connectDatabase({ service: `service-${count}`, env: server.env, log });
  write('0001-orders.up.sql', 'create table orders (id text primary key);');
  write('0001-orders.down.sql', 'drop table orders;');
  write('0002-lines.up.sql', 'create table line (id text primary key); create index on line (id);');
  write('0002-lines.down.sql', 'drop table line;');
});

afterEach(async () => {
  await database.stop();
  rmSync(folder, { recursive: true });
});

function write(file: string, sql: string): void {
  writeFileSync(join(folder, file), sql);
}

async function listTables(): Promise<readonly string[]> {
  const { rows } = await database.pool.query<{ name: string }>(
    'select table_name as name from information_schema.tables where table_schema = $1 order by 1',
    [database.service],
  );
  return rows.map(({ name }) => name).filter((name) => !['migration', 'seeding'].includes(name));
}

describe('migrateUp', () => {
  test('runs what is missing, in order, in the schema of the service', async () => {
    expect(await migrateUp(database, folder)).toEqual(['0001-orders', '0002-lines']);
    expect(await listTables()).toEqual(['line', 'orders']);
    expect(await migrateUp(database, folder)).toEqual([]);
    write('0003-more.up.sql', 'alter table orders add column total integer;');
    expect(await migrateUp(database, folder)).toEqual(['0003-more']);
  });

  test('runs each file once when several processes start together', async () => {
    const others = await Promise.all(
      [1, 2, 3].map(() => connectDatabase({ service: database.service, env: server.env, log })),
    );
    const all = await Promise.all([database, ...others].map((one) => migrateUp(one, folder)));
    for (const other of others) await other.stop();
    expect(all.flat().toSorted()).toEqual(['0001-orders', '0002-lines']);
  });

  test('keeps services apart in one database', async () => {
    await migrateUp(database, folder);
    const other = await connectDatabase({ service: 'stranger', env: server.env, log });
    await expect(other.pool.query('select * from orders')).rejects.toMatchObject({ code: '42P01' });
    await other.stop();
  });

  test('leaves nothing of a file that fails, and says where it is wrong', async () => {
    write('0003-broken.up.sql', 'create table half (id text);\n\ncreate tabel whole (id text);');
    await expect(migrateUp(database, folder)).rejects.toThrow(
      '0003-broken.up.sql:3: syntax error at or near "tabel"',
    );
    expect(await listTables()).toEqual(['line', 'orders']);
    write('0003-broken.up.sql', 'create table whole (id text);');
    expect(await migrateUp(database, folder)).toEqual(['0003-broken']);
  });

  test('refuses a file that was changed after it was applied', async () => {
    await migrateUp(database, folder);
    write('0001-orders.up.sql', 'create table orders (id text primary key, total integer);');
    await expect(migrateUp(database, folder)).rejects.toThrow(
      '0001-orders.up.sql was changed after it had been applied to this database',
    );
  });

  test('does not count other line ends as a change', async () => {
    write('0001-orders.up.sql', 'create table orders (\n  id text\n);\n');
    await migrateUp(database, folder);
    write('0001-orders.up.sql', 'create table orders (\r\n  id text\r\n);\r\n');
    expect(await migrateUp(database, folder)).toEqual([]);
  });

  test('refuses a file that comes before one that was applied', async () => {
    rmSync(join(folder, '0001-orders.up.sql'));
    rmSync(join(folder, '0001-orders.down.sql'));
    await migrateUp(database, folder);
    write('0001-late.up.sql', 'select 1;');
    await expect(migrateUp(database, folder)).rejects.toThrow(
      '0001-late was added before 0002-lines',
    );
  });

  test('refuses to go on when an applied file is gone', async () => {
    await migrateUp(database, folder);
    rmSync(join(folder, '0002-lines.up.sql'));
    rmSync(join(folder, '0002-lines.down.sql'));
    await expect(migrateUp(database, folder)).rejects.toThrow('its file is gone');
  });

  test.each([
    ['orders.sql', 'migrations are named'],
    ['0001-again.up.sql', 'have the same number'],
    ['0009-alone.down.sql', 'has no .up.sql'],
  ])('refuses a folder with %s', async (file, message) => {
    write(file, 'select 1;');
    expect(() => migrateUp(database, folder)).toThrow(message);
    expect(await listTables()).toEqual([]);
  });

  test('lets a migration take longer than a statement may', async () => {
    const env = { ...server.env, DATABASE_STATEMENT_TIMEOUT_MS: '50' };
    const hasty = await connectDatabase({ service: database.service, env, log });
    write('0003-slow.up.sql', 'select pg_sleep(0.2);');
    await expect(hasty.pool.query('select pg_sleep(0.2)')).rejects.toMatchObject({ code: '57014' });
    expect(await migrateUp(hasty, folder)).toContain('0003-slow');
    await hasty.stop();
  });
});

describe('migrateDown', () => {
  test('undoes the newest, or as many as asked', async () => {
    await migrateUp(database, folder);
    expect(await migrateDown(database, folder)).toEqual(['0002-lines']);
    expect(await listTables()).toEqual(['orders']);
    await migrateUp(database, folder);
    expect(await migrateDown(database, folder, Infinity)).toEqual(['0002-lines', '0001-orders']);
    expect(await listTables()).toEqual([]);
    expect(await migrateUp(database, folder)).toHaveLength(2);
  });

  test('refuses where there is no way back', async () => {
    rmSync(join(folder, '0002-lines.down.sql'));
    await migrateUp(database, folder);
    await expect(migrateDown(database, folder)).rejects.toThrow('it has no 0002-lines.down.sql');
    expect(await listTables()).toEqual(['line', 'orders']);
  });

  test('forgets that tables were filled', async () => {
    await migrateUp(database, folder);
    const fill = (): Promise<boolean> => seedOnce(database, 'first', () => Promise.resolve());
    expect(await fill()).toBe(true);
    expect(await fill()).toBe(false);
    await migrateDown(database, folder);
    await migrateUp(database, folder);
    expect(await fill()).toBe(true);
  });
});

test('readMigrationState tells what has run and what waits', async () => {
  await migrateUp(database, folder);
  write('0003-more.up.sql', 'select 1;');
  const states = await readMigrationState(database, folder);
  expect(states.map(({ name, appliedAt }) => [name, appliedAt instanceof Date])).toEqual([
    ['0001-orders', true],
    ['0002-lines', true],
    ['0003-more', false],
  ]);
});
