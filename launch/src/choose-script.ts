import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';

/**
 * Chooses what to run a process from: bundle.js, which loads in half the time (scripts/bundle-services.js), unless
 * something it was made from has been compiled since; then main.js.
 * @param compiled the folder of both, such as `orders/dist`
 * @param sources further folders whose compiled code is in the bundle
 */
export function chooseScript(compiled: string, sources: readonly string[]): string {
  const bundle = join(compiled, 'bundle.js');
  const main = join(compiled, 'main.js');
  if (!existsSync(bundle)) return main;
  const bundledAt = statSync(bundle).mtimeMs;
  const isStale = [compiled, ...sources.map((source) => join(source, 'dist'))].some((folder) =>
    listScripts(folder).some((file) => statSync(file).mtimeMs > bundledAt),
  );
  return isStale ? main : bundle;
}

function listScripts(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.js'))
    .filter(({ name, parentPath }) => name !== 'bundle.js' && basename(parentPath) !== 'bundle')
    .map((entry) => join(entry.parentPath, entry.name));
}
