import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CommandError } from '../command-error.ts';

/**
 * Writes a file as a whole or not at all: readers, and a gateway that watches it, never see half of it.
 * @param file absolute path; missing folders are made
 * @throws CommandError when the place cannot be written; the old content then stays
 */
export async function writeFileAtomically(file: string, text: string): Promise<void> {
  const temporary = join(dirname(file), `.${basename(file)}.${process.pid}.tmp`);
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(temporary, text);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw new CommandError(`${file}: cannot be written: ${(error as Error).message}`, 3, {
      cause: error,
    });
  }
}
