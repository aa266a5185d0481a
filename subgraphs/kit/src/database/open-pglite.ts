import { join } from 'node:path';
import pg from 'pg';
import { columnTypes } from './column-types.ts';
import { tryLock } from './embedded/exclusive-lock.ts';

/** PGlite instead of a server: one session, inside this process. */
export interface OpenPglite {
  /** For `new pg.Pool({ Client, max: 1 })`; more connections would mix up their answers. */
  readonly Client: new () => pg.Client;
  close(): Promise<void>;
}

/**
 * Opens a service's own PGlite in `home`/pglite/`service`.
 * PGlite does not notice a second process in its folder and would corrupt it, so the folder is locked here.
 * @throws Error when another process uses it
 */
export async function openPglite(home: string, service: string): Promise<OpenPglite> {
  const folder = join(home, 'pglite', service);
  const lock = await tryLock(folder, 'pglite');
  if (!lock) {
    throw new Error(
      `another process uses the database of "${service}" (${folder}). PGlite serves one process only: stop the other one, or set DATABASE_URL.`,
    );
  }
  try {
    // Loaded here because its 27 MB are of no use to anybody with a server.
    const { PGlite } = await import('@electric-sql/pglite');
    const { createPgConfig } = await import('@electric-sql/pglite/node-postgres');
    const database = await PGlite.create({
      dataDir: join(folder, 'data'),
      // Its default of 128 MB would cost every service twice the memory.
      postgresqlconf: ['shared_buffers=8MB'],
    });
    /** A fresh adapter per connection: a shared one is dead after the first SQL error. */
    class PgliteClient extends pg.Client {
      constructor() {
        super(Object.assign(createPgConfig(database), { types: columnTypes }));
      }
    }
    return {
      Client: PgliteClient,
      close: async () => {
        await database.close();
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}
