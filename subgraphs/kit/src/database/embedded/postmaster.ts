import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** What a running server writes into `postmaster.pid` of its data folder. */
export interface Postmaster {
  readonly dataFolder: string;
  readonly pid: number;
  readonly port: number;
}

const pollMs = 20;

/** Reads who runs the data folder; undefined when nobody does, or somebody is just writing that down. */
export function readPostmaster(dataFolder: string): Postmaster | undefined {
  const [pidLine = '', , , portLine = ''] = readPidFile(dataFolder);
  const pid = Math.abs(Number(pidLine));
  if (!Number.isInteger(pid) || pid === 0 || !isServing(pid, dataFolder)) return undefined;
  return { dataFolder, pid, port: Number(portLine) };
}

/** Whether the server of `port` says that it accepts connections: the eighth line, as pg_ctl reads it. */
export function isPostmasterReady(dataFolder: string, port: number): boolean {
  if (readPostmaster(dataFolder)?.port !== port) return false;
  return readPidFile(dataFolder)[7]?.trim() === 'ready';
}

/**
 * Removes what a server left that is gone. Its number may meanwhile belong to another process, beside which
 * PostgreSQL would refuse to start. Only for who holds the clone's lock and is about to start the server: the file
 * of one that is starting looks the same for a moment.
 */
export function removeStalePidFile(dataFolder: string): void {
  if (!readPostmaster(dataFolder)) rmSync(join(dataFolder, 'postmaster.pid'), { force: true });
}

function readPidFile(dataFolder: string): readonly string[] {
  try {
    return readFileSync(join(dataFolder, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return [];
  }
}

/** Asks the server to stop (fast shutdown: open transactions are rolled back) and waits until it is gone. */
export async function stopPostmaster(
  { pid, dataFolder }: Postmaster,
  timeoutMs = 15_000,
): Promise<void> {
  if (!sendSignal(pid, 'SIGINT')) return;
  const end = performance.now() + timeoutMs;
  while (isServing(pid, dataFolder)) {
    if (performance.now() > end) {
      sendSignal(pid, 'SIGQUIT');
      return;
    }
    await delay(pollMs);
  }
}

function sendSignal(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/**
 * Whether the process lives and serves this folder: numbers of processes are used again, in containers soon.
 * A server's working folder is its data folder, wherever that was moved to.
 */
function isServing(pid: number, dataFolder: string): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  if (process.platform === 'win32') return true;
  try {
    return readCommand(pid).includes('postgres') && worksIn(pid, dataFolder);
  } catch {
    return false;
  }
}

/** @returns an empty text for a process that has ended and waits to be collected by its parent */
function readCommand(pid: number): string {
  if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  return execFileSync('ps', ['-p', String(pid), '-o', 'command='], { encoding: 'utf8' });
}

function worksIn(pid: number, folder: string): boolean {
  if (process.platform !== 'linux') return true;
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(folder);
  } catch {
    // Another account's process: PostgreSQL itself decides.
    return true;
  }
}
