import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** A lock the kernel gives up when its process ends, however it ends: there is never a stale one to clean up. */
export interface ExclusiveLock {
  release(): Promise<void>;
}

const pollMs = 20;
/** `O_EXLOCK | O_NONBLOCK | O_CREAT | O_RDWR` of macOS and the BSDs; Node does not name the first. */
const openExclusive = 0x20 | 0x4 | 0x200 | 0x2;

/**
 * Takes the lock called `name` that belongs to `folder`, or returns undefined while somebody else has it.
 * Linux: an abstract socket; Windows: a named pipe; elsewhere: an open file with an exclusive lock.
 */
export async function tryLock(folder: string, name: string): Promise<ExclusiveLock | undefined> {
  mkdirSync(folder, { recursive: true });
  if (process.platform === 'linux' || process.platform === 'win32') {
    return bindLock(lockAddress(folder, name));
  }
  return openLock(join(folder, `${name}.lock`));
}

/**
 * Runs `task` while holding the lock, waiting for it as long as needed.
 * @throws Error when the lock is not free within `timeoutMs`
 */
export async function withLock<Result>(
  { folder, name, timeoutMs }: { folder: string; name: string; timeoutMs: number },
  task: () => Promise<Result>,
): Promise<Result> {
  const end = performance.now() + timeoutMs;
  let lock = await tryLock(folder, name);
  while (!lock) {
    if (performance.now() > end) {
      throw new Error(
        `another process holds the lock "${name}" of ${folder} since ${timeoutMs} ms`,
      );
    }
    await delay(pollMs);
    lock = await tryLock(folder, name);
  }
  try {
    return await task();
  } finally {
    await lock.release();
  }
}

/** Names the folder by its inode, so that all paths to it (links, mounts) mean the same lock. */
function lockAddress(folder: string, name: string): string {
  const { dev, ino } = statSync(folder, { bigint: true });
  const hash = createHash('sha256').update(`${dev}:${ino}:${name}`).digest('hex').slice(0, 32);
  return process.platform === 'win32' ? `\\\\.\\pipe\\trellis-${hash}` : `\0trellis-${hash}`;
}

function bindLock(address: string): Promise<ExclusiveLock | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.unref();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen(address, () => {
      resolve({ release: () => new Promise((closed) => server.close(() => closed())) });
    });
  });
}

function openLock(file: string): ExclusiveLock | undefined {
  try {
    const descriptor = openSync(file, openExclusive, 0o600);
    return {
      release: async () => {
        closeSync(descriptor);
      },
    };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EAGAIN' || code === 'EWOULDBLOCK') return undefined;
    throw error;
  }
}
