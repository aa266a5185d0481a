import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { tryPort } from './free-port.ts';
import { launch, type LaunchedPlatform } from './launch.ts';
import { createTerminal } from './terminal.ts';
import { makeFakePlatform, type FakePlatform } from './testing/make-fake-platform.ts';

let platform: FakePlatform;
let launched: LaunchedPlatform[];
let shown: string;

beforeEach(() => {
  platform = makeFakePlatform();
  launched = [];
  shown = '';
});

afterEach(async () => {
  for (const one of launched) {
    one.kill();
    await one.stop();
  }
  platform.remove();
});

interface Choice {
  readonly env?: NodeJS.ProcessEnv;
  readonly restarts?: boolean;
  readonly usesFreePorts?: boolean;
}

function start({ env = {}, restarts = true, usesFreePorts = true }: Choice = {}): LaunchedPlatform {
  const one = launch({
    root: platform.root,
    home: platform.home,
    // The database has tests of its own.
    env: { ...process.env, DATABASE_URL: 'postgres://127.0.0.1:1/none', ...env },
    options: { usesFreePorts, restarts, isVerbose: false },
    terminal: createTerminal((text) => (shown += text)),
  });
  launched.push(one);
  return one;
}

/** @returns the URL that the launcher announced for a service */
function urlOf(name: string): string {
  const [, url] = new RegExp(`${name} +ready +(http://[^/\\s]+)`).exec(shown) ?? [];
  if (!url) throw new Error(`${name} was not announced in:\n${shown}`);
  return url;
}

async function ask(name: string, path = '/'): Promise<string> {
  return (await fetch(`${urlOf(name)}${path}`)).text();
}

async function waitUntil(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (let attempt = 0; attempt < 2_000; attempt += 1) {
    if (await condition()) return;
    await delay(25);
  }
  throw new Error(`waited in vain until ${what}; shown so far:\n${shown}`);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('launch', () => {
  test('starts each service that has a folder, then says where the gateway is', async () => {
    const url = await start().ready;
    expect(await (await fetch(url)).text()).toMatch(/^\d+$/);
    for (const name of ['accounts', 'orders', 'gateway']) expect(shown).toContain(`${name} `);
    expect(shown).not.toContain('elsewhere');
  });

  test('gives every process a folder, a secret and a supergraph with the ports that were taken', async () => {
    await start().ready;
    const env = JSON.parse(await ask('gateway', '/env')) as Record<string, string>;
    expect(env['TRELLIS_HOME']).toBe(platform.home);
    expect(readFileSync(env['TRELLIS_WIRE_SECRET_FILE'] ?? '', 'utf8')).toHaveLength(64);
    expect(statSync(env['TRELLIS_WIRE_SECRET_FILE'] ?? '').mode & 0o777).toBe(0o600);
    const sdl = readFileSync(env['SUPERGRAPH'] ?? '', 'utf8');
    expect(sdl).toContain(`(name: "orders", url: "${urlOf('orders')}/graphql")`);
    expect(sdl).toContain(`(name: "accounts", url: "${urlOf('accounts')}/graphql")`);
    expect(Number(env['TELEMETRY_PORT'])).toBeGreaterThan(0);
    expect(shown).toContain(`http://127.0.0.1:${env['TELEMETRY_PORT']}/metrics`);
  });

  test('keeps services off the network when the gateway is opened to it', async () => {
    await start({ env: { HOST: '0.0.0.0' } }).ready;
    expect(JSON.parse(await ask('orders', '/env'))).toHaveProperty('HOST', '127.0.0.1');
    expect(JSON.parse(await ask('gateway', '/env'))).toHaveProperty('HOST', '0.0.0.0');
  });

  test('gives the gateway a large young generation, as everybody who starts one does', async () => {
    await start().ready;
    expect(await ask('gateway', '/flags')).toContain('--max-semi-space-size=64');
    expect(await ask('orders', '/flags')).toBe('[]');
  });

  test('starts an identity provider and tells the gateway of it', async () => {
    await start().ready;
    const identity = JSON.parse(await ask('identity', '/env')) as Record<string, string>;
    expect(identity['HOST']).toBe('127.0.0.1');
    expect(identity['IDENTITY_GATEWAY_ORIGINS']).toBe(
      `${urlOf('gateway')} ${urlOf('gateway').replace('127.0.0.1', 'localhost')}`,
    );
    const gateway = JSON.parse(await ask('gateway', '/env')) as Record<string, string>;
    expect(gateway['TRELLIS_IDENTITY_PROVIDER']).toBe(urlOf('identity'));
  });

  test('starts no identity provider in production', async () => {
    await start({ env: { NODE_ENV: 'production' } }).ready;
    expect(shown).not.toContain('identity');
    const gateway = JSON.parse(await ask('gateway', '/env')) as Record<string, string>;
    expect(gateway).not.toHaveProperty('TRELLIS_IDENTITY_PROVIDER');
  });

  test('leaves no process when it is stopped', async () => {
    const one = start();
    await one.ready;
    const pids = await Promise.all(
      ['accounts', 'orders', 'gateway'].map(async (name) => Number(await ask(name))),
    );
    await one.stop();
    expect(pids.filter(isAlive)).toEqual([]);
  });

  test('leaves no process when it is stopped in the middle of the start', async () => {
    const one = start();
    await one.stop();
    await one.ready.catch(() => {});
    await one.stop();
    const again = start();
    await expect(again.ready).resolves.toMatch(/^http:/);
  });

  test('starts a process again that was killed, while the others go on', async () => {
    await start().ready;
    const [accounts, orders] = [await ask('accounts'), await ask('orders')];
    process.kill(Number(orders), 'SIGKILL');
    await waitUntil(() => shown.includes('orders     is ready again'), 'orders is ready again');
    expect(shown).toContain('was ended by SIGKILL; starting it again in 1 s');
    expect(await ask('orders')).not.toBe(orders);
    expect(await ask('accounts')).toBe(accounts);
  });

  test('starts the embedded database again that was killed', async () => {
    await start({ env: { DATABASE_URL: '', TRELLIS_DATABASE: 'postgres' } }).ready;
    const [, port] = /embedded PostgreSQL at 127\.0\.0\.1:(\d+)/.exec(shown) ?? [];
    process.kill(findServer(port), 'SIGKILL');
    await waitUntil(() => shown.includes('database   runs again at'), 'it runs again');
    expect(shown).toContain('database   has ended; starting it again');
    expect(shown).toContain(`database   runs again at 127.0.0.1:${port}\n`);
    expect(findServer(port)).toBeGreaterThan(0);
  }, 60_000);

  test('leaves an ended process as it is with --no-restart', async () => {
    await start({ restarts: false }).ready;
    const orders = Number(await ask('orders'));
    process.kill(orders, 'SIGKILL');
    await waitUntil(() => shown.includes('it is not started again'), 'the end is reported');
    await expect(ask('orders')).rejects.toThrow();
    await expect(ask('accounts')).resolves.toMatch(/^\d+$/);
  });

  test('tells why a service did not start, and stops the rest', async () => {
    const one = start({ env: { FAKE_ORDERS: 'fail' } });
    await expect(one.ready).rejects.toThrow('orders did not start: the schema of orders is broken');
    await waitUntil(async () => {
      const url = /accounts +ready +(http:\/\/[^/ ]+)/.exec(shown)?.[1];
      return (
        url === undefined ||
        (await fetch(url).then(
          () => false,
          () => true,
        ))
      );
    }, 'accounts is gone');
  });

  test('names all ports that are taken, and what to do', async () => {
    const taken = await Promise.all([occupy(), occupy()]);
    try {
      const [orders, gateway] = taken.map(({ port }) => String(port));
      const [free, other] = await Promise.all([tryPort(0), tryPort(0)]);
      const one = start({
        usesFreePorts: false,
        env: {
          ORDERS_PORT: orders,
          PORT: gateway,
          ACCOUNTS_PORT: String(free),
          IDENTITY_PORT: String(other),
        },
      });
      await expect(one.ready).rejects.toThrow(`${orders} (orders), ${gateway} (gateway)`);
      await expect(one.ready).rejects.toThrow('npm start -- --ports free');
    } finally {
      for (const { server } of taken) server.close();
    }
  });

  test('refuses a second platform in the same folder', async () => {
    await start().ready;
    await expect(start().ready).rejects.toThrow('Trellis runs from this folder already');
    await expect(ask('gateway')).resolves.toMatch(/^\d+$/);
  });

  test('says what to run when the supergraph was never composed', async () => {
    rmSync(join(platform.root, 'supergraph.graphql'));
    await expect(start().ready).rejects.toThrow('npx trellis supergraph compose');
  });

  test('says where supergraph.yaml is broken', async () => {
    writeFileSync(join(platform.root, 'supergraph.yaml'), 'subgraphs: [');
    await expect(start().ready).rejects.toThrow(/supergraph\.yaml: .*line 1/s);
  });

  test('shows warnings as they come and keeps all lines in a file', async () => {
    await start().ready;
    await ask('orders', '/warn');
    await waitUntil(() => shown.includes('warn: something is odd'), 'the warning is shown');
    expect(shown).not.toContain('info: ready');
    const readLog = (): string => readFileSync(join(platform.home, 'logs', 'orders.log'), 'utf8');
    await waitUntil(() => readLog().includes('something is odd'), 'the warning is in the file');
    expect(readLog()).toContain('"msg":"ready"');
  });

  test('ends a process that does not stop when asked, when told to kill', async () => {
    const one = start({ env: { FAKE_ORDERS: 'deaf' } });
    await one.ready;
    const orders = Number(await ask('orders'));
    const stopping = one.stop();
    one.kill();
    await stopping;
    expect(isAlive(orders)).toBe(false);
  });
});

/** @returns the process of the database server that listens there */
function findServer(port: string | undefined): number {
  const all = execFileSync('ps', ['-ax', '-o', 'pid=,command='], { encoding: 'utf8' });
  const line = all.split('\n').find((each) => each.includes(`-c port=${port} `));
  return Number(line?.trim().split(' ')[0]);
}

async function occupy(): Promise<{ server: Server; port: number }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return { server, port };
}
