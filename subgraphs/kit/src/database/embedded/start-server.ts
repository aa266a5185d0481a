import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, renameSync, existsSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createCluster } from './create-cluster.ts';
import { isPostmasterReady, removeStalePidFile } from './postmaster.ts';
import { prepareServerBinaries, type ServerBinaries } from './server-binaries.ts';
import { makeServerEnvironment } from './server-environment.ts';
import type { ServerFiles } from './server-files.ts';

/** How long processes of a server that was killed may hold its memory. */
const retryMs = 15_000;
const readyMs = 60_000;
const pollMs = 15;

/**
 * Starts the server of a clone and waits until it accepts connections. The caller holds the clone's lock.
 * @param durable false only for data nobody will miss (tests): writes are not forced to disk
 * @returns its port on 127.0.0.1
 * @throws EmbeddedServerUnavailable when PostgreSQL cannot run on this machine
 * @throws Error when it should run but does not; the message ends with what the server said
 */
export async function startServer(
  home: string,
  files: ServerFiles,
  options: { password: string; durable: boolean },
): Promise<number> {
  const binaries = prepareServerBinaries(files.account, home);
  await createCluster(files, binaries, options);
  const portFile = join(files.folder, 'port');
  const end = performance.now() + retryMs;
  for (;;) {
    removeStalePidFile(files.dataFolder);
    const port = await findFreePort(readPort(portFile));
    if (await tryStart(files, binaries, { port, durable: options.durable })) {
      writeFileSync(portFile, `${port}\n`);
      return port;
    }
    // Backends of a killed server end within a second or two; a port may have been taken meanwhile.
    if (performance.now() > end) {
      throw new Error(
        `the embedded PostgreSQL does not start. Its last words (${files.logFile}): ${readLastWords(files.logFile)}`,
      );
    }
    await delay(250);
  }
}

/** @returns false when the server ended before it was ready */
async function tryStart(
  files: ServerFiles,
  binaries: ServerBinaries,
  { port, durable }: { port: number; durable: boolean },
): Promise<boolean> {
  const { account, dataFolder, logFile } = files;
  if (existsSync(logFile)) renameSync(logFile, `${logFile}.old`);
  const log = openSync(logFile, 'a', 0o600);
  const child = spawn(binaries.postgres, ['-D', dataFolder, ...makeFlags(port, durable)], {
    cwd: dataFolder,
    env: makeServerEnvironment(),
    stdio: ['ignore', log, log],
    // Its own session: Ctrl-C at the terminal must not take the database from under the services.
    detached: true,
    ...(account ? { uid: account.uid, gid: account.gid } : {}),
  });
  closeSync(log);
  child.unref();
  let hasEnded = false;
  child.once('exit', () => (hasEnded = true));
  child.once('error', () => (hasEnded = true));
  const end = performance.now() + readyMs;
  while (!hasEnded && performance.now() < end) {
    if (isPostmasterReady(dataFolder, port)) return true;
    await delay(pollMs);
  }
  return false;
}

function makeFlags(port: number, durable: boolean): readonly string[] {
  const settings: Record<string, string | number> = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 200,
    shared_buffers: '64MB',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // Compiling queries to machine code costs more than it brings on short ones.
    jit: 'off',
    fsync: durable ? 'on' : 'off',
    synchronous_commit: durable ? 'on' : 'off',
    full_page_writes: durable ? 'on' : 'off',
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

function readPort(file: string): number {
  return existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
}

/** @param wanted the port of last time, kept when it is free; 0 for none */
async function findFreePort(wanted: number): Promise<number> {
  const listen = (port: number): Promise<number | undefined> =>
    new Promise((resolve) => {
      const server = createServer();
      server.once('error', () => resolve(undefined));
      server.listen(port, '127.0.0.1', () => {
        const { port: taken } = server.address() as AddressInfo;
        server.close(() => resolve(taken));
      });
    });
  const port = (await listen(wanted)) ?? (await listen(0));
  if (port === undefined) throw new Error('no port of 127.0.0.1 is free for the embedded database');
  return port;
}

function readLastWords(logFile: string): string {
  const lines = readFileSync(logFile, 'utf8').trim().split('\n');
  return lines.slice(-3).join(' | ');
}
