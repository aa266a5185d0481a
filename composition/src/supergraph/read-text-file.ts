import { readFile, stat } from 'node:fs/promises';
import { relative } from 'node:path';
import { CommandError } from '../command-error.ts';

/** Schemas above this size are refused: composing one would take minutes and gigabytes. */
export const maxSchemaBytes = 5 * 1024 * 1024;

/** What a file may hold, and how large it may be. */
export interface TextLimit {
  /** As a sentence names it, such as "a schema". */
  readonly what: string;
  readonly maxBytes: number;
}

const schemaLimit: TextLimit = { what: 'a schema', maxBytes: maxSchemaBytes };
/** What many schemas became, or a manifest of very many operations. */
export const supergraphLimit: TextLimit = { what: 'a supergraph', maxBytes: 32 * 1024 * 1024 };
export const manifestLimit: TextLimit = { what: 'a manifest', maxBytes: 64 * 1024 * 1024 };

/** A path as a person in `cwd` would write it; absolute when it lies outside. */
export function displayPath(file: string, cwd: string): string {
  const path = relative(cwd, file);
  return path === '' || path.startsWith('..') ? file : path;
}

/**
 * Reads a text file.
 * @param file absolute path
 * @param shownAs how messages call the file
 * @throws CommandError one line: missing, a folder, unreadable, larger than the limit (5 MiB), not UTF-8 text
 */
export async function readTextFile(
  file: string,
  shownAs: string,
  limit: TextLimit = schemaLimit,
): Promise<string> {
  let bytes: Buffer;
  try {
    const { size } = await stat(file);
    if (size > limit.maxBytes) throw new CommandError(tooLarge(shownAs, size, limit));
    bytes = await readFile(file);
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(`${shownAs}: ${readFailure(error as NodeJS.ErrnoException)}`, 3, {
      cause: error,
    });
  }
  return decodeText(bytes, shownAs);
}

/**
 * Bytes as text.
 * @throws CommandError when they are no UTF-8 or hold control bytes no schema has
 */
function decodeText(bytes: Uint8Array, shownAs: string): string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new CommandError(`${shownAs}: is not UTF-8 text; is it a binary file?`);
  }
  if (text.includes('\0')) throw new CommandError(`${shownAs}: is a binary file, not text`);
  return text;
}

/** The message for what is above its limit. */
export function tooLarge(shownAs: string, bytes: number, limit: TextLimit = schemaLimit): string {
  const { what, maxBytes } = limit;
  const megabytes = (bytes / 1024 / 1024).toFixed(1);
  return `${shownAs}: is ${megabytes} MiB; ${what} may have at most ${maxBytes / 1024 / 1024} MiB`;
}

function readFailure(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return 'no such file';
  if (error.code === 'EISDIR') return 'is a folder, not a file';
  if (error.code === 'EACCES') return 'may not be read (permission denied)';
  return error.message;
}
