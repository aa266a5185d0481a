import { readFile, stat } from 'node:fs/promises';

/** Where a manifest comes from. */
export interface ManifestSource {
  /** @returns its text, or nothing when it is the one that was read last */
  readNewer(): Promise<string | undefined>;
}

/** A manifest beyond this is no manifest. */
const maxBytes = 64 * 1024 * 1024;

/** Reads a manifest from a file, or over HTTP with the ETag of the last one (RFC 9110 §13.1.2). */
export function createManifestSource(
  place: string,
  headers: Readonly<Record<string, string>>,
  timeoutMs: number,
): ManifestSource {
  return /^https?:\/\//.test(place)
    ? { readNewer: createHttpReader(place, headers, timeoutMs) }
    : { readNewer: createFileReader(place) };
}

function createFileReader(file: string): ManifestSource['readNewer'] {
  let mark = '';
  return async () => {
    const { mtimeMs, size, ino } = await stat(file);
    const current = `${ino} ${size} ${mtimeMs}`;
    if (current === mark) return undefined;
    if (size > maxBytes) throw new Error(`it is larger than ${maxBytes} bytes`);
    const text = await readFile(file, 'utf8');
    mark = current;
    return text;
  };
}

function createHttpReader(
  url: string,
  headers: Readonly<Record<string, string>>,
  timeoutMs: number,
): ManifestSource['readNewer'] {
  let etag: string | undefined;
  return async () => {
    const { request } = await import('undici');
    const response = await request(url, {
      headers: {
        accept: 'application/json',
        ...headers,
        ...(etag ? { 'if-none-match': etag } : {}),
      },
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (response.statusCode !== 200) {
      await response.body.dump();
      if (response.statusCode === 304) return undefined;
      throw new Error(`it answered ${response.statusCode}`);
    }
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of response.body as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > maxBytes) throw new Error(`it is larger than ${maxBytes} bytes`);
      chunks.push(chunk);
    }
    const received = response.headers['etag'];
    etag = typeof received === 'string' ? received : undefined;
    return Buffer.concat(chunks).toString('utf8');
  };
}
