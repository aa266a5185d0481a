import { watch, type FSWatcher } from 'node:fs';
import { basename, dirname } from 'node:path';

/** Watches a set of files that may change. */
export interface FileWatch {
  /** Replaces the set of watched files (absolute paths). */
  update: (files: Iterable<string>) => void;
  close: () => void;
}

/** Editors write a file in several steps; one change is what happens within this time. */
const settleMs = 60;

/**
 * Calls `onChange` once after any of the files was changed, replaced or made.
 * Folders are watched, not files: editors replace a file by another, and a watch on the old one would go blind.
 */
export function watchFiles(onChange: () => void): FileWatch {
  const folders = new Map<string, { watcher: FSWatcher; names: Set<string> }>();
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;
  const trigger = (): void => {
    clearTimeout(timer);
    timer = setTimeout(onChange, settleMs);
  };
  const watchFolder = (folder: string, names: Set<string>): void => {
    try {
      const watcher = watch(folder, (_event, name) => {
        if (name === null || folders.get(folder)?.names.has(name) === true) trigger();
      });
      watcher.on('error', () => watcher.close());
      folders.set(folder, { watcher, names });
    } catch {
      // The folder is gone; composing reports the missing file.
    }
  };
  return {
    update: (files) => {
      if (isClosed) return;
      const wanted = new Map<string, Set<string>>();
      for (const file of files) {
        const names = wanted.get(dirname(file)) ?? new Set();
        wanted.set(dirname(file), names.add(basename(file)));
      }
      for (const [folder, { watcher }] of folders) {
        if (wanted.has(folder)) continue;
        watcher.close();
        folders.delete(folder);
      }
      for (const [folder, names] of wanted) {
        const watched = folders.get(folder);
        if (watched) watched.names = names;
        else watchFolder(folder, names);
      }
    },
    close: () => {
      isClosed = true;
      clearTimeout(timer);
      for (const { watcher } of folders.values()) watcher.close();
      folders.clear();
    },
  };
}
