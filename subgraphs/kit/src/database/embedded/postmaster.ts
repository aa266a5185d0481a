import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** What a running server writes into `postmaster.pid` of its data folder. */
export interface Postmaster {
  readonly dataFolder: string;
  readonly pid: number;
  readonly port: number;
}

const pollMs = 20;

/**
 * Reads who runs the data folder. A file left by a server that is gone, whose number may meanwhile belong to
 * another process, counts as nobody and is removed: PostgreSQL itself would refuse to start beside it.
 */
export function readPostmaster(dataFolder: string): Postmaster | undefined {
  const file = join(dataFolder, 'postmaster.pid');
  if (!existsSync(file)) return undefined;
  const [pidLine = '', , , portLine = ''] = readFileSync(file, 'utf8').split('\n');
  const pid = Math.abs(Number(pidLine));
  // The server writes the file in two steps; an unfinished one is a server that starts or died starting.
  if (Number.isInteger(pid) && pid > 0 && isServing(pid, dataFolder)) {
    return { dataFolder, pid, port: Number(portLine) };
  }
  rmSync(file, { force: true });
  return undefined;
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
