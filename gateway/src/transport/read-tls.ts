import { readFileSync, statSync } from 'node:fs';
import type { TlsMaterial } from './connector.ts';
import type { Traffic } from './options.ts';

/** How often the files are looked at, at most: only when a connection is opened. */
const checkEveryMs = 1_000;

/**
 * Returns a function that gives the certificates of the settings, read anew when a file has changed. While a rotation
 * is half done and the files cannot be read, the last good ones stay in use.
 * @throws Error at the first reading, when a file is missing
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
  const version = (): string =>
    files.map((file) => (file === undefined ? '' : statSync(file).mtimeMs)).join(' ');
  const load = (): TlsMaterial => ({
    ca: read(caFile),
    cert: read(certFile),
    key: read(keyFile),
    servername,
  });

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
