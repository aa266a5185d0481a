import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where scripts/build-graphiql.ts puts the bundle; the same place from src/ and from dist/. */
const folder = new URL('../../dist/graphiql/', import.meta.url);

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
 * Reads a file of the bundled GraphiQL.
 * @param path what follows `/graphiql` in the address: empty for the page itself
 * @returns nothing when there is no such file
 */
export async function readGraphiqlFile(path: string): Promise<StaticFile | undefined> {
  const name = path === '' || path === '/' ? 'index.html' : path.slice(1);
  // The bundle is flat: a name with a slash or dots is no name of ours, and no way out of the folder.
  if (!/^[\w-]+(\.[\w-]+)*$/.test(name)) return undefined;
  const type = types[extname(name)];
  if (!type) return undefined;
  try {
    return { type, content: await readFile(fileURLToPath(new URL(name, folder))) };
  } catch {
    return undefined;
  }
}
