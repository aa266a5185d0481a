import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { EmbeddedServerUnavailable } from './unavailable.ts';

/** The system account PostgreSQL runs as when we are root, which it refuses to be. */
export interface ServerAccount {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/**
 * Says who runs the server: undefined means the account of this process.
 * As root it is the owner of an existing data folder, else `postgres`, else `nobody`. No account is ever created.
 * @param dataFolder where the data is, if it is there already
 * @throws EmbeddedServerUnavailable when we are root and there is nobody else to be
 */
export function chooseServerAccount(
  dataFolder: string | undefined,
  passwd: string = readPasswd(),
): ServerAccount | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = parsePasswd(passwd);
  const owner = dataFolder === undefined ? undefined : statSync(dataFolder).uid;
  const account =
    accounts.find(({ uid }) => uid === owner && uid !== 0) ??
    accounts.find(({ name }) => name === 'postgres') ??
    accounts.find(({ name }) => name === 'nobody');
  if (account) return account;
  throw new EmbeddedServerUnavailable(
    'PostgreSQL refuses to run as root, and /etc/passwd names neither "postgres" nor "nobody"',
  );
}

function readPasswd(): string {
  try {
    return readFileSync('/etc/passwd', 'utf8');
  } catch {
    return '';
  }
}

function parsePasswd(passwd: string): readonly ServerAccount[] {
  return passwd.split('\n').flatMap((line) => {
    const [name, , uid, gid] = line.split(':');
    if (!name || name.startsWith('#') || !uid || !gid) return [];
    // macOS writes nobody's -2; the kernel counts without a sign.
    return [{ name, uid: Number(uid) >>> 0, gid: Number(gid) >>> 0 }];
  });
}

/** Whether `account` (undefined: this process) may enter `folder` and all folders above it, by their mode bits. */
export function canEnter(folder: string, account: ServerAccount | undefined): boolean {
  if (!account) return true;
  for (let current = folder; ; current = dirname(current)) {
    const { mode, uid, gid } = statSync(current);
    const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (current === dirname(current)) return true;
  }
}
