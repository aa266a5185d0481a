import { spawn } from 'node:child_process';
import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { ServerBinaries } from './server-binaries.ts';
import { makeServerEnvironment } from './server-environment.ts';
import type { ServerFiles } from './server-files.ts';
import { EmbeddedServerUnavailable } from './unavailable.ts';

/** The server's only role; it owns everything in it. */
export const serverRole = 'trellis';

/**
 * Makes an empty database cluster, once. It gets its final name only when it is complete, so that being killed
 * in the middle leaves nothing that looks like a cluster.
 * Text is UTF-8 and compares by code point, on every platform alike.
 * @throws EmbeddedServerUnavailable when initdb refuses, which it does for an account missing in /etc/passwd
 */
export async function createCluster(
  files: ServerFiles,
  binaries: ServerBinaries,
  { password, durable }: { password: string; durable: boolean },
): Promise<void> {
  if (existsSync(files.dataFolder)) return;
  const { account } = files;
  const parent = dirname(files.dataFolder);
  removeUnfinished(parent, basename(files.dataFolder));
  const unfinished = `${files.dataFolder}.unfinished-${process.pid}`;
  const passwordFile = `${unfinished}.password`;
  mkdirSync(unfinished, { mode: 0o700 });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (account) {
    chownSync(unfinished, account.uid, account.gid);
    chownSync(passwordFile, account.uid, account.gid);
  }
  try {
    const { status, output } = await runInitdb(files, binaries.initdb, {
      folder: unfinished,
      durable,
    });
    if (status !== 0) throw new EmbeddedServerUnavailable(`initdb failed: ${lastLine(output)}`);
    renameSync(unfinished, files.dataFolder);
  } finally {
    rmSync(passwordFile, { force: true });
    rmSync(unfinished, { recursive: true, force: true });
  }
}

function removeUnfinished(parent: string, name: string): void {
  for (const entry of readdirSync(parent)) {
    if (entry.startsWith(`${name}.unfinished-`)) {
      rmSync(join(parent, entry), { recursive: true, force: true });
    }
  }
}

function runInitdb(
  { account }: ServerFiles,
  initdb: string,
  { folder, durable }: { folder: string; durable: boolean },
): Promise<{ status: number | null; output: string }> {
  const flags = [
    `--pgdata=${folder}`,
    `--username=${serverRole}`,
    `--pwfile=${folder}.password`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
    ...(durable ? [] : ['--no-sync']),
  ];
  return new Promise((resolve, reject) => {
    const child = spawn(initdb, flags, {
      // PostgreSQL wants to know where it is, and may not be allowed to look at our folder.
      cwd: folder,
      env: makeServerEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(account ? { uid: account.uid, gid: account.gid } : {}),
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, output }));
  });
}

function lastLine(output: string): string {
  const lines = output.split('\n').filter((line) => line.includes('error:'));
  return lines.at(-1)?.trim() ?? output.trim().split('\n').at(-1) ?? '';
}
