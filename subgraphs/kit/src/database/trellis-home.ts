import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/**
 * The folder that holds everything a clone keeps between runs: embedded database, wire secret, logs.
 * `TRELLIS_HOME`, or `.trellis` at the root of the npm workspaces around `from`, or beside the nearest
 * package.json, or in `from` itself. The folder need not exist yet.
 * @param from an absolute folder
 */
export function findTrellisHome(
  env: NodeJS.ProcessEnv = process.env,
  from: string = process.cwd(),
): string {
  const configured = env['TRELLIS_HOME'];
  if (configured) return resolve(from, configured);
  let nearestPackage: string | undefined;
  for (let folder = from; ; folder = dirname(folder)) {
    const file = join(folder, 'package.json');
    if (existsSync(file)) {
      nearestPackage ??= folder;
      if (hasWorkspaces(file)) return join(folder, '.trellis');
    }
    if (folder === dirname(folder)) break;
  }
  return join(nearestPackage ?? from, '.trellis');
}

function hasWorkspaces(file: string): boolean {
  try {
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return typeof content === 'object' && content !== null && 'workspaces' in content;
  } catch {
    // A package.json somebody is writing at this moment is no reason to fail.
    return false;
  }
}
