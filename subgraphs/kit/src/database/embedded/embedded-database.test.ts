import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { openEmbeddedDatabase, type EmbeddedDatabase } from './embedded-database.ts';
import { readPostmaster } from './postmaster.ts';
import { removeEmbeddedData } from './remove-embedded-data.ts';
import { findServerFiles } from './server-files.ts';

let folder: string;
let opened: EmbeddedDatabase[];

beforeEach(() => {
  // Spaces are what newcomers have in their paths. Open to all, so that the account that serves root may enter.
  folder = mkdtempSync(join(tmpdir(), 'trellis embedded '));
  chmodSync(folder, 0o755);
  opened = [];
});

afterEach(async () => {
  for (const database of opened) await database.release();
  for (const clone of ['one', 'two']) await removeEmbeddedData(join(folder, clone));
  rmSync(folder, { recursive: true, force: true });
});

/** Not durable where nothing is lost: forcing an empty cluster to a busy disk takes most of the time. */
async function open(clone = 'one', durable = false): Promise<EmbeddedDatabase> {
  const database = await openEmbeddedDatabase({ home: join(folder, clone), user: 'test', durable });
  opened.push(database);
  return database;
}

/** Gives a share back, as a process does that stops. */
async function release(database: EmbeddedDatabase): Promise<void> {
  opened = opened.filter((other) => other !== database);
  await database.release();
}

async function query<Row extends pg.QueryResultRow>(
  { connectionString }: EmbeddedDatabase,
  sql: string,
): Promise<readonly Row[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

function findPostmaster(clone = 'one'): number | undefined {
  return readPostmaster(findServerFiles(join(folder, clone)).dataFolder)?.pid;
}

/** All processes of a server end at the same moment, as when the machine loses them. */
function killServer(postmaster: number): void {
  const children = readFileSync(`/proc/${postmaster}/task/${postmaster}/children`, 'utf8');
  process.kill(postmaster, 'SIGKILL');
  for (const child of children.trim().split(/\s+/)) {
    try {
      process.kill(Number(child), 'SIGKILL');
    } catch {
      // It ended by itself.
    }
  }
}

async function waitUntil(condition: () => boolean): Promise<void> {
  for (let attempt = 0; !condition(); attempt += 1) {
    if (attempt > 2_000) throw new Error('waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** What ends a share without a word: the process that held it was killed. */
async function killShares(database: EmbeddedDatabase): Promise<void> {
  await query(
    database,
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'trellis share%'",
  );
}

describe('openEmbeddedDatabase', () => {
  test('starts PostgreSQL 18 that writes to disk, on this machine only, behind a password', async () => {
    const database = await open('one', true);
    const [settings] = await query<Record<string, string>>(
      database,
      "select current_setting('server_version_num') as version, current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit, current_setting('full_page_writes') as pages, current_setting('listen_addresses') as addresses, current_setting('unix_socket_directories') as sockets, current_setting('timezone') as zone",
    );
    expect(settings).toEqual({
      version: expect.stringMatching(/^18/),
      fsync: 'on',
      commit: 'on',
      pages: 'on',
      addresses: '127.0.0.1',
      sockets: '',
      zone: 'UTC',
    });
    const stranger = new pg.Client({
      connectionString: database.connectionString.replace(/:[^:@]+@/, ':guess@'),
    });
    await expect(stranger.connect()).rejects.toMatchObject({ code: '28P01' });
    expect(statSync(join(folder, 'one', 'database', 'password')).mode & 0o777).toBe(0o600);
  });

  test('starts one server for all who come at once, and stops it after the last', async () => {
    const all = await Promise.all(Array.from({ length: 6 }, () => open()));
    expect(new Set(all.map(({ port }) => port)).size).toBe(1);
    const [last, ...others] = all;
    await Promise.all(others.map(release));
    await expect(query(last as EmbeddedDatabase, 'select 1')).resolves.toHaveLength(1);
    await release(last as EmbeddedDatabase);
    expect(findPostmaster()).toBeUndefined();
  });

  test('keeps data and port from one start to the next', async () => {
    const first = await open();
    await query(first, 'create table kept (n int); insert into kept values (7)');
    await release(first);
    const second = await open();
    expect(second.port).toBe(first.port);
    expect(await query(second, 'select n from kept')).toEqual([{ n: 7 }]);
  });

  test('serves two clones at the same time, each its own data', async () => {
    const [one, two] = await Promise.all([open('one'), open('two')]);
    expect(one.port).not.toBe(two.port);
    await query(one, 'create table only_here (n int)');
    await expect(query(two, 'select * from only_here')).rejects.toMatchObject({ code: '42P01' });
  });

  test('joins a server that was left running by processes that were killed, and stops it after use', async () => {
    const killed = await open();
    const postmaster = findPostmaster();
    await killShares(killed);
    const next = await open();
    expect(findPostmaster()).toBe(postmaster);
    await release(next);
    expect(findPostmaster()).toBeUndefined();
  });

  test('does not stop a server that others use when a killed one leaves', async () => {
    const [killed, living] = await Promise.all([open(), open()]);
    await killShares(killed);
    await release(killed);
    await expect(query(living, 'select 1')).resolves.toHaveLength(1);
  });

  test('has every acknowledged row after the server was killed while writing', async () => {
    const database = await open('one', true);
    await query(database, 'create table written (n int primary key)');
    const postmaster = findPostmaster() ?? 0;
    const acknowledged: number[] = [];
    let isKilled = false;
    const writers = Array.from({ length: 4 }, async (_, writer) => {
      const client = new pg.Client({ connectionString: database.connectionString });
      client.on('error', () => {});
      await client.connect();
      for (let n = writer; !isKilled; n += 4) {
        await client.query('insert into written values ($1)', [n]);
        acknowledged.push(n);
        if (acknowledged.length === 300) {
          isKilled = true;
          killServer(postmaster);
        }
      }
    });
    await Promise.allSettled(writers);
    expect(acknowledged.length).toBeGreaterThanOrEqual(300);

    const rows = await query<{ n: number }>(await open('one', true), 'select n from written');
    const found = new Set(rows.map(({ n }) => n));
    expect(acknowledged.filter((n) => !found.has(n))).toEqual([]);
  });

  test('starts a server again that was killed while it is used, for all who recover, with every row', async () => {
    const news: string[] = [];
    const use = async (name: string): Promise<EmbeddedDatabase> => {
      const database = await openEmbeddedDatabase({
        home: join(folder, 'one'),
        user: name,
        recovery: {
          onLost: () => news.push(`${name} lost`),
          onReturn: (url) => news.push(`${name} at ${url}`),
        },
      });
      opened.push(database);
      return database;
    };
    const [first, second] = await Promise.all([use('a'), use('b')]);
    await query(first, 'create table kept (n int)');
    for (let round = 0; round < 2; round += 1) {
      await query(first, `insert into kept values (${round})`);
      news.length = 0;
      const killed = findPostmaster() ?? 0;
      // The postmaster alone: what it has started ends by itself.
      process.kill(killed, 'SIGKILL');
      await waitUntil(() => news.length === 4);
      expect(news.toSorted()).toEqual([
        `a at ${first.connectionString}`,
        'a lost',
        `b at ${first.connectionString}`,
        'b lost',
      ]);
      expect(findPostmaster()).not.toBe(killed);
    }
    expect(await query(second, 'select n from kept order by n')).toEqual([{ n: 0 }, { n: 1 }]);
    // Both have their shares again: the server stays with the second, and ends after it.
    await release(first);
    await expect(query(second, 'select 1')).resolves.toHaveLength(1);
    await release(second);
    expect(findPostmaster()).toBeUndefined();
  }, 60_000);

  test('makes no new database in the place of data that is gone', async () => {
    const failures: string[] = [];
    opened.push(
      await openEmbeddedDatabase({
        home: join(folder, 'one'),
        user: 'test',
        durable: false,
        recovery: { onFailure: ({ message }) => failures.push(message) },
      }),
    );
    const postmaster = findPostmaster() ?? 0;
    const { dataFolder } = findServerFiles(join(folder, 'one'));
    killServer(postmaster);
    rmSync(dataFolder, { recursive: true, force: true });
    await waitUntil(() => failures.length > 0);
    expect(failures).toEqual([expect.stringContaining('is gone')]);
    expect(existsSync(dataFolder)).toBe(false);
  });

  test('starts beside a postmaster.pid whose number belongs to another process now', async () => {
    await release(await open());
    const { dataFolder } = findServerFiles(join(folder, 'one'));
    writeFileSync(join(dataFolder, 'postmaster.pid'), `${process.pid}\n${dataFolder}\n0\n5432\n`);
    await expect(query(await open(), 'select 1')).resolves.toHaveLength(1);
  });

  test('leaves the file of a server alone that is just writing it', async () => {
    const dataFolder = join(folder, 'starting');
    mkdirSync(dataFolder);
    writeFileSync(join(dataFolder, 'postmaster.pid'), '');
    expect(readPostmaster(dataFolder)).toBeUndefined();
    expect(existsSync(join(dataFolder, 'postmaster.pid'))).toBe(true);
  });

  test('makes the cluster anew when the process that made it was killed in the middle', async () => {
    const half = join(folder, 'one', 'database', 'data.unfinished-1');
    mkdirSync(half, { recursive: true });
    await expect(query(await open(), 'select 1')).resolves.toHaveLength(1);
    expect(existsSync(half)).toBe(false);
  });

  test('says what to do when the password file was lost', async () => {
    await release(await open());
    rmSync(join(folder, 'one', 'database', 'password'));
    await expect(open()).rejects.toThrow('Run "npm run reset" to start over');
    expect(findPostmaster()).toBeUndefined();
  });
});

describe("a clone that the server's account may not enter", () => {
  test('keeps its data elsewhere, until it is reset or gone', async () => {
    const closed = join(folder, 'closed');
    mkdirSync(closed, { mode: 0o700 });
    const home = join(closed, '.trellis');
    const database = await openEmbeddedDatabase({ home, user: 'test', durable: false });
    const { dataFolder } = findServerFiles(home);
    // Only root has somebody else run the server.
    expect(dataFolder.startsWith(folder)).toBe(process.getuid?.() !== 0);
    expect(await query(database, 'select 1 as n')).toEqual([{ n: 1 }]);
    await database.release();
    rmSync(closed, { recursive: true });
    // Whoever comes next finds a temporary clone gone, and clears up after it.
    mkdirSync(closed, { mode: 0o700 });
    findServerFiles(mkdtempSync(join(closed, 'next')));
    expect(existsSync(dataFolder)).toBe(false);
  });
});

describe('removeEmbeddedData', () => {
  test('refuses while somebody uses the data, and names him', async () => {
    const database = await open();
    await expect(removeEmbeddedData(join(folder, 'one'))).rejects.toThrow(`test ${process.pid}`);
    await expect(query(database, 'select 1')).resolves.toHaveLength(1);
  });

  test('removes data, and a server that nobody uses', async () => {
    const killed = await open();
    await query(killed, 'create table gone (n int)');
    await killShares(killed);
    await removeEmbeddedData(join(folder, 'one'));
    expect(findPostmaster()).toBeUndefined();
    await expect(query(await open(), 'select * from gone')).rejects.toMatchObject({
      code: '42P01',
    });
  });
});
