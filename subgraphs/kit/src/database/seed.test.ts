import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLog } from '@trellis/platform/log';
import { connectDatabase, type Database } from './connect.ts';
import { insertRows } from './insert-rows.ts';
import { migrateUp } from './migrate.ts';
import { seedOnce } from './seed.ts';
import { createTestDatabase, type TestDatabase } from './test-database.ts';

const log = createLog('test', { LOG_LEVEL: 'silent' });
let server: TestDatabase;
let database: Database<unknown>;

beforeAll(async () => {
  server = await createTestDatabase();
  database = await connectDatabase({ service: 'orders', env: server.env, log });
  const folder = mkdtempSync(join(tmpdir(), 'trellis seeds '));
  // PostgreSQL has types of its own called line and box.
  writeFileSync(
    join(folder, '0001-line.up.sql'),
    `create table line (
       id text primary key, quantity integer not null default 1, placed_at timestamptz,
       tags text[], details jsonb, is_gift boolean, note text
     );
     create table box (id text primary key);`,
  );
  await migrateUp(database, folder);
});

afterAll(async () => {
  await database.stop();
  await server.stop();
});

async function count(table: string): Promise<number> {
  const { rows } = await database.pool.query<{ count: number }>(`select count(*) from ${table}`);
  return rows[0]?.count ?? -1;
}

describe('insertRows', () => {
  test('brings values of every kind into their columns, and leaves defaults to what is left out', async () => {
    const row = {
      id: 'a',
      placed_at: new Date('2026-03-01T12:00:00Z'),
      tags: ['one', 'with "quotes", commas'],
      details: { deep: [1, null] },
      is_gift: false,
      note: null,
    };
    const client = await database.pool.connect();
    await insertRows(client, 'line', [row]);
    client.release();
    const { rows } = await database.pool.query('select * from line where id = $1', ['a']);
    expect(rows).toEqual([{ ...row, quantity: 1 }]);
  });

  test('takes two statements for ten thousand rows, and one to look up the table', async () => {
    const rows = Array.from({ length: 10_000 }, (_, index) => ({ id: `row ${index}` }));
    const seen: string[] = [];
    const end = database.onStatement(({ sql }) => seen.push(sql));
    const client = await database.pool.connect();
    await insertRows(client, 'box', rows);
    client.release();
    end();
    expect(await count('box')).toBe(10_000);
    expect(seen.filter((sql) => sql.startsWith('insert'))).toHaveLength(2);
    expect(seen).toHaveLength(3);
  });

  test('names a table that is not there', async () => {
    const client = await database.pool.connect();
    await expect(insertRows(client, 'nowhere', [{ id: 'a' }])).rejects.toThrow(
      'there is no table "nowhere"',
    );
    client.release();
  });
});

describe('seedOnce', () => {
  test('fills tables once, whoever comes how often', async () => {
    await database.pool.query('truncate line');
    const others = await Promise.all(
      [1, 2].map(() => connectDatabase({ service: 'orders', env: server.env, log })),
    );
    const results = await Promise.all(
      [database, ...others, database].map((one) =>
        seedOnce(one, 'once', (client) => insertRows(client, 'line', [{ id: 'seeded' }])),
      ),
    );
    for (const other of others) await other.stop();
    expect(results.filter(Boolean)).toHaveLength(1);
    expect(await count('line')).toBe(1);
  });

  test('leaves nothing when it ends in the middle, and begins anew the next time', async () => {
    await database.pool.query('truncate line');
    const fill = seedOnce(database, 'broken', async (client) => {
      await insertRows(client, 'line', [{ id: 'half' }]);
      // The connection ends as if the process had been killed.
      await client.query('select pg_terminate_backend(pg_backend_pid())');
    });
    await expect(fill).rejects.toThrow();
    expect(await count('line')).toBe(0);
    const again = seedOnce(database, 'broken', (client) =>
      insertRows(client, 'line', [{ id: 'whole' }]),
    );
    expect(await again).toBe(true);
    expect(await count('line')).toBe(1);
  });
});
