import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { removeEmbeddedData } from '@trellis/kit/remove-embedded-data';
import { tryLock } from '@trellis/kit/exclusive-lock';
import { findTrellisHome } from '@trellis/kit/trellis-home';
import { LaunchError } from './launch-error.ts';
import { readGraph } from './read-graph.ts';
import { dropServiceSchemas } from './drop-service-schemas.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

try {
  process.stdout.write(`${await reset()}\n`);
} catch (error) {
  process.stderr.write(`\n${(error as Error).message}\n\n`);
  process.exitCode = 1;
}

/** @returns what was done */
async function reset(): Promise<string> {
  const home = findTrellisHome(process.env, root);
  const lock = await tryLock(home, 'launcher');
  if (!lock) {
    throw new LaunchError(
      'Trellis is running from this folder. Stop it first (Ctrl-C where it was started); nothing was removed.',
    );
  }
  try {
    const url = process.env['DATABASE_URL'];
    if (url) {
      const services = readGraph(root).map(({ name }) => name);
      return await dropServiceSchemas(url, services, process.argv.includes('--yes'));
    }
    await removeEmbeddedData(home);
    rmSync(join(home, 'logs'), { recursive: true, force: true });
    return 'All data is removed. The next "npm start" begins anew.';
  } finally {
    await lock.release();
  }
}
