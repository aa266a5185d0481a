import { watch, type FSWatcher } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { assertSupergraphSize, readSupergraphText } from './read-text.ts';
import type { StopWatching, SupergraphListener, SupergraphSource } from './source.ts';

export interface FileSourceOptions {
  /** Path of the supergraph, relative to the working directory. */
  readonly file: string;
  /** How often the file is looked at where the system reports no changes (network and container file systems). */
  readonly pollIntervalMs: number;
}

/** Editors and deployments write in several steps; what lies closer together than this is one change. */
const debounceMs = 50;

/** Reads the supergraph from a file and watches it, also when it is replaced by renaming or by a symbolic link. */
export function createFileSource(options: FileSourceOptions): SupergraphSource {
  const file = resolve(options.file);
  let last: string | undefined;
  return {
    description: options.file,
    async load() {
      last = await readSupergraphFile(options.file);
      return last;
    },
    watch(listener) {
      return watchFile(file, options.pollIntervalMs, {
        ...listener,
        onChange(sdl) {
          if (sdl === last) {
            listener.onUnchanged?.();
            return;
          }
          last = sdl;
          listener.onChange(sdl);
        },
      });
    },
  };
}

async function readSupergraphFile(file: string): Promise<string> {
  try {
    assertSupergraphSize((await stat(file)).size);
    return readSupergraphText(await readFile(file));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'there is no such file' : message;
    throw new Error(
      `The supergraph ${file} cannot be read: ${reason}. ` +
        'Name it with --supergraph FILE, or compose one with: npx trellis supergraph compose',
      { cause: error },
    );
  }
}

/** The folder is watched, not the file: a rename puts another file in its place, and a watch follows the old one. */
function watchFile(
  file: string,
  pollIntervalMs: number,
  listener: SupergraphListener,
): StopWatching {
  let isStopped = false;
  let mark = '';
  let debounce: NodeJS.Timeout | undefined;

  async function look(): Promise<void> {
    try {
      const { mtimeMs, size, ino } = await stat(file);
      const current = `${ino} ${size} ${mtimeMs}`;
      if (current === mark) {
        listener.onUnchanged?.();
        return;
      }
      assertSupergraphSize(size);
      const sdl = readSupergraphText(await readFile(file));
      mark = current;
      // An empty file is the first half of "truncate and write".
      if (!isStopped && sdl !== '') listener.onChange(sdl);
    } catch (error) {
      // Between "delete" and "create" the file is missing: the next look finds it.
      if (!isStopped && (error as NodeJS.ErrnoException).code !== 'ENOENT') {
        listener.onProblem(error as Error);
      }
    }
  }

  function lookSoon(): void {
    clearTimeout(debounce);
    debounce = setTimeout(() => void look(), debounceMs).unref();
  }

  const watcher = watchFolder(dirname(file), lookSoon);
  const poll = setInterval(() => void look(), pollIntervalMs).unref();
  return () => {
    isStopped = true;
    clearTimeout(debounce);
    clearInterval(poll);
    watcher?.close();
  };
}

/** @returns nothing where the system has no watches left or offers none: polling alone then finds the change */
function watchFolder(folder: string, onEvent: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(folder, { persistent: false }, onEvent);
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}
