import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { displayPath } from '../supergraph/read-text-file.ts';
import { missingFragments, type DocumentText } from './split-documents.ts';

const documentFile = /\.(graphql|gql)$/;
/** What is no folder of documents, or too large to be looked through for a fragment. */
const passedOver = /(^|\/)(node_modules|\.git|dist|build|coverage)(\/|$)/;
const maxFiles = 2_000;

export interface SearchedFile {
  /** Absolute path of a file whose operations spread fragments that nothing given defines. */
  readonly file: string;
  readonly documents: DocumentText[];
}

/**
 * Documents beside a file that define what its operations miss: clients keep fragments in files of their own, and whoever
 * names one file on the command line means its fragments too. Looks below the folder of the file, then below the one
 * above, as far as the working folder; the nearest wins.
 */
export async function findSharedFragments(
  { file, documents }: SearchedFile,
  cwd: string,
): Promise<DocumentText[]> {
  const shared: DocumentText[] = [];
  const seen = new Set([file]);
  for (const folder of foldersUp(dirname(file), cwd)) {
    if (missingFragments(documents, shared).length === 0) break;
    for (const candidate of await documentFilesBelow(folder)) {
      if (seen.has(candidate)) continue;
      seen.add(candidate);
      const text = await readFile(candidate, 'utf8').catch(() => '');
      if (/\bfragment\s/.test(text)) shared.push({ origin: displayPath(candidate, cwd), text });
    }
  }
  return shared;
}

function foldersUp(folder: string, cwd: string): string[] {
  const isInside = !relative(cwd, folder).startsWith('..');
  if (!isInside || folder === cwd || folder === dirname(folder)) return [folder];
  return [folder, ...foldersUp(dirname(folder), cwd)];
}

async function documentFilesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && documentFile.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !passedOver.test(relative(folder, file)))
    .toSorted()
    .slice(0, maxFiles);
}
