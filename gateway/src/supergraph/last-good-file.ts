import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The last supergraph that was served without trouble, on disk: a start finds it while the source is down. */
export interface LastGoodFile {
  /** Replaces what is there, whole or not at all. @throws Error when it cannot be written */
  save(sdl: string): Promise<void>;
  /**
   * @returns nothing when there is none
   * @throws Error when it cannot be read, or is not what was written
   */
  load(): Promise<string | undefined>;
}

const firstLine = /^# sha256:([0-9a-f]{64})\n/;

/** The file is the supergraph itself after one comment with its SHA-256: it can be read by people and tools. */
export function createLastGoodFile(path: string): LastGoodFile {
  // Several workers may save at once: each to a file of its own first.
  const draft = `${path}.${process.pid}.new`;
  return {
    async save(sdl) {
      await mkdir(dirname(path), { recursive: true });
      try {
        const file = await open(draft, 'w');
        try {
          await file.writeFile(`# sha256:${hashOf(sdl)}\n${sdl}`);
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(draft, path);
      } catch (error) {
        await rm(draft, { force: true });
        throw error;
      }
    },
    async load() {
      const text = await readIfThere(path);
      if (text === undefined) return undefined;
      const hash = firstLine.exec(text)?.[1];
      const sdl = text.replace(firstLine, '');
      if (hash !== hashOf(sdl)) throw new Error(`${path} is damaged: its SHA-256 is another one`);
      return sdl;
    },
  };
}

function hashOf(sdl: string): string {
  return createHash('sha256').update(sdl).digest('hex');
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
