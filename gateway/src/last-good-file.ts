import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The last text that was used without trouble, such as a supergraph, on disk: a start finds it while its source is down. */
export interface LastGoodFile {
  /** Replaces what is there, whole or not at all. @throws Error when it cannot be written */
  save(text: string): Promise<void>;
  /**
   * @returns nothing when there is none
   * @throws Error when it cannot be read, or is not what was written
   */
  load(): Promise<string | undefined>;
}

const firstLine = /^# sha256:([0-9a-f]{64})\n/;

let drafts = 0;

/** The file is the text itself after one comment with its SHA-256: a supergraph can be read by people and tools. */
export function createLastGoodFile(path: string): LastGoodFile {
  // Several workers may save at once, and old settings beside new ones: each to a file of its own first.
  drafts += 1;
  const draft = `${path}.${process.pid}.${drafts}.new`;
  let saving = Promise.resolve();
  return {
    // One after the other: what is saved last is what stays.
    save(text) {
      saving = saving.catch(() => undefined).then(() => replaceFile(path, draft, text));
      return saving;
    },
    async load() {
      const kept = await readIfThere(path);
      if (kept === undefined) return undefined;
      const hash = firstLine.exec(kept)?.[1];
      const text = kept.replace(firstLine, '');
      if (hash !== hashOf(text)) throw new Error(`${path} is damaged: its SHA-256 is another one`);
      return text;
    },
  };
}

async function replaceFile(path: string, draft: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  try {
    const file = await open(draft, 'w');
    try {
      await file.writeFile(`# sha256:${hashOf(text)}\n${text}`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
