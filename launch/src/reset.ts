import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { removeEmbeddedData } from '@trellis/kit/remove-embedded-data';
import { tryLock } from '@trellis/kit/exclusive-lock';
import { findTrellisHome } from '@trellis/kit/trellis-home';
import { LaunchError } from './launch-error.ts';
import { readGraph } from './read-graph.ts';
import { dropServiceSchemas } from './drop-service-schemas.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const help = `Removes all data of this clone, or of the services' schemas at DATABASE_URL. The next start begins anew.

  npm run reset
  npm run reset -- --yes     with DATABASE_URL: drop the schemas; without it this only says what it would drop
  npm run reset -- --help    this text`;

try {
  process.stdout.write(`${await reset()}\n`);
} catch (error) {
  process.stderr.write(`\n${(error as Error).message}\n\n`);
  process.exitCode = 1;
}

/**
 * @returns what was done
 * @throws Error naming the flag that is not known, before anything is removed
 */
async function reset(): Promise<string> {
  const { values } = parseArgs({
    options: { yes: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) return help;
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
      return await dropServiceSchemas(url, services, values.yes);
    }
    await removeEmbeddedData(home);
    rmSync(join(home, 'logs'), { recursive: true, force: true });
    return 'All data is removed. The next "npm start" begins anew.';
  } finally {
    await lock.release();
  }
}
