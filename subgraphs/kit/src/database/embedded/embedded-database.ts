import { existsSync, mkdirSync, realpathSync } from 'node:fs';
import { serverRole } from './create-cluster.ts';
import { keepShare, type Share } from './keep-share.ts';
import { readPostmaster, stopPostmaster } from './postmaster.ts';
import { ensurePassword, findServerFiles, lockServer, type ServerFiles } from './server-files.ts';
import { databaseName, joinServer, listOtherShares, type ShareClient } from './server-share.ts';
import { startServer } from './start-server.ts';

/** A share in the clone's PostgreSQL server: it runs at least until this is released. */
export interface EmbeddedDatabase {
  /** `postgres://…@127.0.0.1:port/trellis`; holds the password, so it is not for logs. */
  readonly connectionString: string;
  readonly port: number;
  /** Gives the share back; the last one to leave stops the server. */
  release(): Promise<void>;
}

export interface EmbeddedOptions {
  /** The clone's `.trellis`, see trellis-home.ts. */
  readonly home: string;
  /** Who takes the share, for people who look at the server's connections. */
  readonly user: string;
  /** Default true. False only for data nobody will miss. */
  readonly durable?: boolean;
  /** Given: a server that is lost while it is used is started again. Absent: its end is the end. */
  readonly recovery?: EmbeddedRecovery;
}

/** Is told what happens to a server that is used. */
export interface EmbeddedRecovery {
  onLost?(): void;
  /** @param connectionString where it answers now: where it did before, unless that port was taken meanwhile */
  onReturn?(connectionString: string): void;
  /** It could not be started again yet. */
  onFailure?(error: Error): void;
}

/**
 * Connects to the server of this clone, starting it if nobody has, and keeps it running until released.
 * Any number of processes may do so at once; one of them starts it, also again after it was killed.
 * @throws EmbeddedServerUnavailable when PostgreSQL's programs cannot run on this machine
 */
export async function openEmbeddedDatabase(options: EmbeddedOptions): Promise<EmbeddedDatabase> {
  mkdirSync(options.home, { recursive: true });
  const home = realpathSync(options.home);
  const files = findServerFiles(home);
  const share = await lockServer(files, () => takeShare(home, files, options));
  const password = encodeURIComponent(ensurePassword(files));
  const connectionString = (port: number): string =>
    `postgres://${serverRole}:${password}@127.0.0.1:${port}/${databaseName}`;
  const { recovery } = options;
  const kept =
    recovery &&
    keepShare(share, {
      take: () => lockServer(files, () => retakeShare(home, files, options)),
      onLost: () => recovery.onLost?.(),
      onReturn: (port) => recovery.onReturn?.(connectionString(port)),
      onFailure: (error) => recovery.onFailure?.(error),
    });
  return {
    connectionString: connectionString(share.port),
    port: share.port,
    release: async () => {
      const { client } = (await kept?.give()) ?? share;
      await lockServer(files, () => leave(client, files));
    },
  };
}

/** @throws Error when the data is gone: an empty database in its place would pass for the old one */
async function retakeShare(
  home: string,
  files: ServerFiles,
  options: EmbeddedOptions,
): Promise<Share> {
  if (!existsSync(files.dataFolder)) {
    throw new Error(`the data of the embedded database is gone (${files.dataFolder})`);
  }
  return takeShare(home, files, options);
}

async function takeShare(
  home: string,
  files: ServerFiles,
  options: EmbeddedOptions,
): Promise<Share> {
  const password = ensurePassword(files);
  const running = readPostmaster(files.dataFolder);
  if (running) {
    const client = await joinServer(running.port, password, options.user);
    if (client) return { client, port: running.port };
    // It is ours and does not answer: it is stopping, or hangs.
    await stopPostmaster(running);
  }
  const port = await startServer(home, files, { password, durable: options.durable ?? true });
  try {
    const client = await joinServer(port, password, options.user);
    if (client) return { client, port };
    throw new Error(`the embedded PostgreSQL started but does not answer at port ${port}`);
  } catch (error) {
    // Nobody has a share in it, so nobody would stop it.
    const started = readPostmaster(files.dataFolder);
    if (started) await stopPostmaster(started);
    throw error;
  }
}

async function leave(client: ShareClient, files: ServerFiles): Promise<void> {
  client.ref();
  // A server that cannot be asked is not ours to stop.
  const others = await listOtherShares(client).catch(() => ['unknown']);
  await client.end().catch(() => {});
  if (others.length > 0) return;
  const running = readPostmaster(files.dataFolder);
  if (running) await stopPostmaster(running);
}
