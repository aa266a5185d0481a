import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { sql, type Generated } from 'kysely';
import { createLog } from '@trellis/platform/log';
import { connectDatabase, type Database } from './connect.ts';
import { statementChannelName, type Statement } from './statements.ts';
import { createTestDatabase, type TestDatabase } from './test-database.ts';

interface Tables {
  readonly thing: { readonly id: Generated<number>; readonly name: string };
}

const log = createLog('test', { LOG_LEVEL: 'silent' });
let server: TestDatabase;
let database: Database<Tables>;

beforeAll(async () => {
  server = await createTestDatabase();
  database = await connectDatabase<Tables>({ service: 'orders', env: server.env, log });
  await database.pool.query(
    'create schema orders; create table thing (id serial primary key, name text not null)',
  );
});

afterAll(async () => {
  await database.stop();
  await server.stop();
});

describe('connectDatabase', () => {
  test('lets a service work in its own schema without naming it', async () => {
    await database.db.insertInto('thing').values({ name: 'a' }).execute();
    const { rows } = await database.pool.query('select name from orders.thing');
    expect(rows).toEqual([{ name: 'a' }]);
  });

  test('hands over values a program can count with', async () => {
    const { rows } = await database.pool.query(
      "select count(*) as count, sum(id) as sum, date '2026-03-01' as day, 1.10::numeric as exact, timestamptz '2026-03-01 12:00+00' as moment from thing",
    );
    expect(rows).toEqual([
      {
        count: 1,
        sum: 1,
        day: '2026-03-01',
        exact: '1.10',
        moment: new Date('2026-03-01T12:00:00Z'),
      },
    ]);
    await expect(database.pool.query('select 9007199254740993::bigint')).rejects.toThrow(
      'beyond what a number holds',
    );
  });

  test('tells of every statement, however it is sent', async () => {
    const seen: string[] = [];
    const end = database.onStatement((statement) => seen.push(statement.sql));
    await database.pool.query('select 1');
    await database.pool.query({ text: 'select $1::int', values: [2] });
    await database.db.selectFrom('thing').select('id').execute();
    await sql`select 3`.execute(database.db);
    await database.db.transaction().execute((trx) => sql`select 4`.execute(trx));
    const client = await database.pool.connect();
    await client.query('select 5');
    client.release();
    end();
    await database.pool.query('select 6');
    expect(seen).toEqual([
      'select 1',
      'select $1::int',
      'select "id" from "thing"',
      'select 3',
      expect.stringMatching(/^begin/),
      'select 4',
      'commit',
      'select 5',
    ]);
  });

  test('publishes statements of all databases on one channel', async () => {
    const seen: Statement[] = [];
    const listener = (message: unknown): void => void seen.push(message as Statement);
    subscribe(statementChannelName, listener);
    await database.pool.query('select 7');
    unsubscribe(statementChannelName, listener);
    expect(seen).toEqual([{ service: 'orders', sql: 'select 7' }]);
  });

  test('ends statements that take too long, and leaves the connection usable', async () => {
    const env = { ...server.env, ORDERS_DATABASE_STATEMENT_TIMEOUT_MS: '60' };
    const hasty = await connectDatabase({ service: 'orders', env, log });
    await expect(hasty.pool.query('select pg_sleep(5)')).rejects.toMatchObject({ code: '57014' });
    await hasty.ping();
    await hasty.stop();
  });

  test('has bounds: more callers than connections wait only so long', async () => {
    const env = {
      ...server.env,
      DATABASE_POOL_SIZE: '1',
      DATABASE_CONNECT_TIMEOUT_MS: '100',
    };
    const small = await connectDatabase({ service: 'orders', env, log });
    const held = await small.pool.connect();
    await expect(small.pool.query('select 1')).rejects.toThrow('timeout');
    held.release();
    await small.ping();
    await small.stop();
  });

  test('recovers when the server ends its connections', async () => {
    await database.pool.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    );
    await database.ping();
    await database.ping();
  });

  test('survives the end of a connection that somebody holds', async () => {
    const held = await database.pool.connect();
    await expect(held.query('select pg_terminate_backend(pg_backend_pid())')).rejects.toThrow();
    held.release(true);
    await database.ping();
  });

  test('names a server that does not answer, and never its password', async () => {
    const env = {
      DATABASE_URL: 'postgres://user:sesame@127.0.0.1:1/shop',
      DATABASE_START_TIMEOUT_MS: '0',
    };
    const connecting = connectDatabase({ service: 'orders', env, log });
    await expect(connecting).rejects.toThrow(/127\.0\.0\.1:1\/shop.*ECONNREFUSED/);
    await expect(connecting).rejects.not.toThrow(/sesame/);
  });

  test('does not wait for a database that is not there', async () => {
    const url = new URL(server.url);
    url.pathname = '/nowhere';
    const env = { DATABASE_URL: url.href, DATABASE_START_TIMEOUT_MS: '60000' };
    await expect(connectDatabase({ service: 'orders', env, log })).rejects.toThrow(
      'database "nowhere" does not exist',
    );
  });

  test('refuses settings that make no sense, by name', async () => {
    const connect = (env: NodeJS.ProcessEnv) => connectDatabase({ service: 'orders', env, log });
    await expect(connect({ DATABASE_URL: 'mysql://x' })).rejects.toThrow(
      'DATABASE_URL: must begin with postgres://',
    );
    await expect(connect({ DATABASE_POOL_SIZE: 'many' })).rejects.toThrow('DATABASE_POOL_SIZE');
    await expect(connectDatabase({ service: 'orders"; drop', env: {}, log })).rejects.toThrow(
      'cannot name a service',
    );
  });

  test('stops once, however often it is asked', async () => {
    const other = await connectDatabase({ service: 'orders', env: server.env, log });
    await Promise.all([other.stop(), other.stop()]);
    await expect(other.pool.query('select 1')).rejects.toThrow();
  });
});
