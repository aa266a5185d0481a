import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLog } from '@trellis/platform/log';
import { connectDatabase, type Database } from './connect.ts';
import { removeEmbeddedData } from './embedded/remove-embedded-data.ts';

const log = createLog('test', { LOG_LEVEL: 'silent' });
const home = mkdtempSync(join(tmpdir(), 'trellis pglite '));
const env = { TRELLIS_HOME: home, TRELLIS_DATABASE: 'pglite' };
let database: Database<unknown>;

beforeAll(async () => {
  database = await connectDatabase({ service: 'orders', env, log });
  await database.pool.query('create schema orders; create table thing (id integer primary key)');
}, 60_000);

afterAll(async () => {
  await database.stop();
  rmSync(home, { recursive: true });
});

describe('PGlite as the fallback', () => {
  test('keeps answering after an error', async () => {
    await expect(database.pool.query('select * from nowhere')).rejects.toMatchObject({
      code: '42P01',
    });
    await expect(database.pool.query('insert into thing values (1)')).resolves.toBeDefined();
    await expect(database.pool.query('insert into thing values (1)')).rejects.toMatchObject({
      code: '23505',
    });
    expect((await database.pool.query('select count(*) from thing')).rows).toEqual([{ count: 1 }]);
  });

  test('answers callers that come at once, each his own', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        database.pool.query<{ n: number }>('select $1::int as n', [index]),
      ),
    );
    expect(answers.map(({ rows }) => rows[0]?.n)).toEqual(answers.map((_, index) => index));
  });

  test('refuses a second user of the same data, which would corrupt it', async () => {
    await expect(connectDatabase({ service: 'orders', env, log })).rejects.toThrow(
      'another process uses the database of "orders"',
    );
    await expect(removeEmbeddedData(home)).rejects.toThrow('"orders" is running');
    await database.ping();
  });

  test('keeps its data', async () => {
    await database.stop();
    database = await connectDatabase({ service: 'orders', env, log });
    expect((await database.pool.query('select id from thing')).rows).toEqual([{ id: 1 }]);
  }, 60_000);
});
