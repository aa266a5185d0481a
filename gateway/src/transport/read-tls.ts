import { readFileSync, statSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { TlsMaterial } from './connector.ts';
import type { Traffic } from './options.ts';

/** How often the files are looked at, at most: only when a connection is opened. */
const checkEveryMs = 1_000;

/**
 * Returns a function that gives the certificates of the settings, read anew when a file has changed. While a rotation
 * is half done, and files cannot be read or do not belong together, the last good ones stay in use.
 * @throws Error at the first reading, when a file is missing or cannot be used
 */
export function readTls(settings: Traffic['tls']): () => TlsMaterial {
  if (!settings) {
    const none: TlsMaterial = {};
    return () => none;
  }
  const { caFile, certFile, keyFile, serverName: servername } = settings;
  const files = [caFile, certFile, keyFile];
  const read = (file: string | undefined): Buffer | undefined =>
    file === undefined ? undefined : readFileSync(file);
  const version = (): string => files.map(fileVersion).join(' ');
  const load = (): TlsMaterial => {
    const loaded = { ca: read(caFile), cert: read(certFile), key: read(keyFile) };
    assertUsable(loaded);
    return { ...loaded, servername };
  };

  let known = version();
  let material = load();
  let checkedAtMs = performance.now();
  return () => {
    const nowMs = performance.now();
    if (nowMs - checkedAtMs < checkEveryMs) return material;
    checkedAtMs = nowMs;
    try {
      const current = version();
      if (current !== known) {
        material = load();
        known = current;
      }
    } catch {
      // Keep the last good ones; the next connection looks again.
    }
    return material;
  };
}

/** Another file in its place has another number, also when it is as old and as long. */
function fileVersion(file: string | undefined): string {
  if (file === undefined) return '';
  const { mtimeMs, size, ino } = statSync(file);
  return `${mtimeMs}/${size}/${ino}`;
}

/** @throws Error when a file holds no certificate or key, or the key is that of another certificate */
function assertUsable({ ca, cert, key }: TlsMaterial): void {
  createSecureContext({
    ...(ca ? { ca } : {}),
    ...(cert ? { cert } : {}),
    ...(key ? { key } : {}),
  });
}
