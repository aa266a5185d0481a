import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { withLock } from './exclusive-lock.ts';
import { canEnter, chooseServerAccount, type ServerAccount } from './server-account.ts';
import { readPostmaster } from './postmaster.ts';
import { makeSharedFolder } from './shared-folder.ts';

/** Where one clone's server keeps its things. All paths are absolute. */
export interface ServerFiles {
  /** `database` in the clone's home: password, log, lock. */
  readonly folder: string;
  readonly dataFolder: string;
  readonly logFile: string;
  /** Who runs the server; undefined is the account of this process. */
  readonly account: ServerAccount | undefined;
}

/**
 * Decides where the data lives. Beside the clone's other things, unless we are root and the account that must run
 * the server cannot enter there: then in a shared folder, under a name made from the clone's path.
 */
export function findServerFiles(home: string): ServerFiles {
  const folder = join(home, 'database');
  mkdirSync(folder, { recursive: true });
  const beside = join(folder, 'data');
  const account = chooseServerAccount(existsSync(beside) ? beside : undefined);
  if (account && canEnter(home, account)) chmodSync(folder, 0o755);
  const dataFolder = canEnter(folder, account) ? beside : makeDistantFolder(home, account);
  return { folder, dataFolder, logFile: join(folder, 'server.log'), account };
}

function makeDistantFolder(home: string, account: ServerAccount | undefined): string {
  if (!account) return join(home, 'database', 'data');
  const name = createHash('sha256').update(realpathSync(home)).digest('hex').slice(0, 16);
  const shared = makeSharedFolder(account);
  removeAbandoned(shared);
  const folder = join(shared, `clone-${name}`);
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o755);
  // Tells whoever finds the folder later whose it is.
  writeFileSync(join(folder, 'clone'), `${home}\n`);
  return join(folder, 'data');
}

/**
 * Removes the data of temporary clones (tests, mostly) that are gone. That of others stays: a clone on a disk that is
 * not mounted now looks just as gone.
 */
function removeAbandoned(shared: string): void {
  for (const entry of readdirSync(shared)) {
    const folder = join(shared, entry);
    const note = join(folder, 'clone');
    if (!entry.startsWith('clone-') || !existsSync(note)) continue;
    const home = readFileSync(note, 'utf8').trim();
    const isTemporary = home.startsWith(join(tmpdir(), sep));
    if (isTemporary && !existsSync(home) && !readPostmaster(join(folder, 'data'))) {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

/** The password of the server's only role, made on first use and readable by the owner of the clone alone. */
export function ensurePassword(files: ServerFiles): string {
  const file = join(files.folder, 'password');
  if (!existsSync(file)) {
    writeFileSync(file, randomBytes(24).toString('base64url'), { mode: 0o600 });
  }
  return readFileSync(file, 'utf8');
}

/** Long enough for another process to create the cluster on a slow disk. */
const lockTimeoutMs = 90_000;

/** Runs `task` while no other process starts, stops or removes this clone's server. */
export function lockServer<Result>(
  files: ServerFiles,
  task: () => Promise<Result>,
): Promise<Result> {
  return withLock({ folder: files.folder, name: 'server', timeoutMs: lockTimeoutMs }, task);
}
