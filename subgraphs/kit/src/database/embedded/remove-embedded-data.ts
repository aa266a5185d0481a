import { existsSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { tryLock, type ExclusiveLock } from './exclusive-lock.ts';
import { readPostmaster, stopPostmaster } from './postmaster.ts';
import { ensurePassword, findServerFiles, lockServer, type ServerFiles } from './server-files.ts';
import { joinServer, listOtherShares } from './server-share.ts';

/**
 * Removes a clone's embedded databases: that of the server and those of PGlite. A server that nobody uses any more
 * (one left running by processes that were killed) is stopped for it.
 * @param home the clone's `.trellis`
 * @throws Error naming who still uses them; nothing is removed then
 */
export async function removeEmbeddedData(home: string): Promise<void> {
  if (!existsSync(home)) return;
  const files = findServerFiles(realpathSync(home));
  await lockServer(files, async () => {
    const locks = await lockPglite(join(home, 'pglite'));
    try {
      await stopUnused(files);
      rmSync(join(home, 'pglite'), { recursive: true, force: true });
      const place = dirname(files.dataFolder);
      const isDistant = place !== files.folder;
      rmSync(isDistant ? place : files.dataFolder, { recursive: true, force: true });
      for (const name of ['password', 'port', 'server.log', 'server.log.old']) {
        rmSync(join(files.folder, name), { force: true });
      }
    } finally {
      for (const lock of locks) await lock.release();
    }
  });
}

async function lockPglite(folder: string): Promise<readonly ExclusiveLock[]> {
  const locks: ExclusiveLock[] = [];
  for (const service of existsSync(folder) ? readdirSync(folder) : []) {
    const lock = await tryLock(join(folder, service), 'pglite');
    if (lock) {
      locks.push(lock);
      continue;
    }
    for (const taken of locks) await taken.release();
    throw new Error(
      `"${service}" is running and uses its database. Stop it first; nothing was removed.`,
    );
  }
  return locks;
}

/** @throws Error when somebody has a share in the server */
async function stopUnused(files: ServerFiles): Promise<void> {
  const running = readPostmaster(files.dataFolder);
  if (!running) return;
  const client = await joinServer(running.port, ensurePassword(files), 'reset').catch(
    () => undefined,
  );
  if (client) {
    const users = await listOtherShares(client);
    await client.end();
    if (users.length > 0) {
      throw new Error(
        `the database is in use by: ${users.join(', ')} (name and process). Stop them first; nothing was removed.`,
      );
    }
  }
  await stopPostmaster(running);
}
