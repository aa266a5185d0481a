import { chmodSync, lstatSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canEnter, type ServerAccount } from './server-account.ts';
import { EmbeddedServerUnavailable } from './unavailable.ts';

/**
 * A folder of root's that the server's account may enter: for a clone it may not (such as one under /root).
 * /var/lib/trellis, or `trellis-root` in the temporary folder where /var/lib cannot be written.
 * @throws EmbeddedServerUnavailable when neither can be made
 */
export function makeSharedFolder(account: ServerAccount): string {
  const candidates = ['/var/lib/trellis', join(tmpdir(), 'trellis-root')];
  for (const folder of candidates) {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o755 });
      const { uid, mode } = lstatSync(folder);
      // Never run what somebody else may have put there.
      if (uid !== 0 || (mode & 0o022) !== 0) continue;
      chmodSync(folder, 0o755);
      if (canEnter(folder, account)) return folder;
    } catch {
      // The next candidate.
    }
  }
  throw new EmbeddedServerUnavailable(
    `the account "${account.name}" may enter neither this clone nor ${candidates.join(' nor ')}`,
  );
}
