import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folders of pages; the same places from src/ and from dist/. */
export const pageFolders = {
  /** Written by scripts/build-graphiql.js. */
  graphiql: new URL('../../dist/graphiql/', import.meta.url),
  plan: new URL('../../pages/plan/', import.meta.url),
} as const;

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.ttf': 'font/ttf',
  '.woff2': 'font/woff2',
};

export interface StaticFile {
  readonly type: string;
  readonly content: Buffer;
}

/**
 * Reads a file of a page.
 * @param path what follows the page in the address: empty for the page itself
 * @returns nothing when there is no such file
 */
export async function readStaticFile(folder: URL, path: string): Promise<StaticFile | undefined> {
  const name = path === '' || path === '/' ? 'index.html' : path.slice(1);
  // Folders are flat: a name with a slash or leading dots is no name of ours, and no way out of the folder.
  if (!/^[\w-]+(\.[\w-]+)*$/.test(name)) return undefined;
  const type = types[extname(name)];
  if (!type) return undefined;
  try {
    return { type, content: await readFile(fileURLToPath(new URL(name, folder))) };
  } catch {
    return undefined;
  }
}
