import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A folder that a test made. */
export interface TemporaryFolder {
  path: string;
  /** Writes a file below the folder, with its folders. */
  write: (name: string, text: string | Uint8Array) => Promise<void>;
  remove: () => Promise<void>;
}

/** A folder with the given files (path to text), removed by `remove`. For tests. */
export async function createTemporaryFolder(
  files: Record<string, string | Uint8Array> = {},
): Promise<TemporaryFolder> {
  const path = await mkdtemp(join(tmpdir(), 'trellis-cli-'));
  const write = async (name: string, text: string | Uint8Array): Promise<void> => {
    await mkdir(dirname(join(path, name)), { recursive: true });
    await writeFile(join(path, name), text);
  };
  for (const [name, text] of Object.entries(files)) await write(name, text);
  return { path, write, remove: () => rm(path, { recursive: true, force: true }) };
}
