import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The program as it is shipped: built by `npm run build`. */
export const gatewayMain = join(findRoot(import.meta.dirname), 'gateway/dist/main.js');

function findRoot(from: string): string {
  const isRoot = (folder: string): boolean => existsSync(join(folder, 'package-lock.json'));
  let folder = from;
  while (!isRoot(folder) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}
