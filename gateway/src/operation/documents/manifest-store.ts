import type { Logger } from '@trellis/platform/log';
import { createLastGoodFile, type LastGoodFile } from '../../last-good-file.ts';
import { createManifestSource } from './manifest-source.ts';
import { parseManifest, type Manifest } from './parse-manifest.ts';

export interface ManifestSettings {
  readonly headers: Readonly<Record<string, string>>;
  readonly pollIntervalMs: number;
  readonly lastGoodFile?: string | undefined;
}

/** The manifest that holds at this moment, and its replacement by newer ones. */
export interface ManifestStore {
  /** Loads the manifest and keeps it fresh. @throws Error when there is none, not even the last good one on disk */
  start(): Promise<void>;
  stop(): void;
  /** Undefined before the start. */
  get(): Manifest | undefined;
}

const timeoutMs = 10_000;

/** Serves the last good manifest of a place: a newer one replaces it whole or, when it is none, not at all. */
export function createManifestStore(
  settings: ManifestSettings,
  place: string,
  log: Logger,
): ManifestStore {
  const { headers, pollIntervalMs, lastGoodFile } = settings;
  const source = createManifestSource(place, headers, timeoutMs);
  const lastGood = lastGoodFile === undefined ? undefined : createLastGoodFile(lastGoodFile);
  let manifest: Manifest | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isBusy = false;
  /** What was wrong the last time: it is logged once. */
  let problem: string | undefined;

  async function refresh(): Promise<void> {
    const text = await source.readNewer();
    if (text === undefined) return;
    const newer = await parseManifest(text);
    if (newer.size === 0 && manifest && manifest.size > 0) throw new Error('it holds no documents');
    manifest = newer;
    log.info({ manifest: place, documents: manifest.size }, 'safelist loaded');
    await lastGood?.save(text).catch((error: Error) => {
      log.warn({ reason: error.message }, 'the last good manifest cannot be kept on disk');
    });
  }

  async function refreshLater(): Promise<void> {
    if (isBusy) return;
    isBusy = true;
    try {
      await refresh();
      problem = undefined;
    } catch (error) {
      const reason = (error as Error).message;
      if (reason !== problem) {
        log.warn({ manifest: place, reason }, 'manifest cannot be read, keeping the last good one');
      }
      problem = reason;
    } finally {
      isBusy = false;
    }
  }

  return {
    async start() {
      try {
        await refresh();
      } catch (error) {
        const reason = (error as Error).message;
        manifest = await loadKept(lastGood, log);
        if (!manifest) {
          throw new Error(`The manifest ${place} cannot be read: ${reason}`, { cause: error });
        }
        const { size: documents } = manifest;
        log.error({ reason, documents }, 'starting with the last good manifest from disk');
      }
      timer = setInterval(() => void refreshLater(), pollIntervalMs).unref();
    },
    stop: () => clearInterval(timer),
    get: () => manifest,
  };
}

/** @returns nothing where none is kept, or what is kept is damaged: then the log says so */
async function loadKept(
  lastGood: LastGoodFile | undefined,
  log: Logger,
): Promise<Manifest | undefined> {
  try {
    const text = await lastGood?.load();
    return text === undefined ? undefined : await parseManifest(text);
  } catch (error) {
    log.error({ reason: (error as Error).message }, 'the last good manifest cannot be used');
    return undefined;
  }
}
