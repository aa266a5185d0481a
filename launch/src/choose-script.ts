import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';

/**
 * Chooses what to run a process from: dist/bundle.js, which loads in half the time (scripts/bundle-services.js), unless
 * something it was made from has been compiled since; then dist/main.js.
 * @param sources folders whose compiled code is in the bundle
 */
export function chooseScript(folder: string, sources: readonly string[]): string {
  const bundle = join(folder, 'dist', 'bundle.js');
  const main = join(folder, 'dist', 'main.js');
  if (!existsSync(bundle)) return main;
  const bundledAt = statSync(bundle).mtimeMs;
  const isStale = [folder, ...sources].some((source) =>
    listScripts(join(source, 'dist')).some((file) => statSync(file).mtimeMs > bundledAt),
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
