import { endpointList, toEndpoints } from './endpoint-list.ts';
import type { Discovered, ReadEndpoints } from './watch-endpoints.ts';

const defaultIntervalMs = 5_000;
const timeoutMs = 5_000;
const maxBytes = 1024 * 1024;

/** The instances are listed by an address that answers with a JSON list of addresses; asked anew every `intervalMs`, with its ETag. */
export function httpEndpoints(url: string, intervalMs = defaultIntervalMs): ReadEndpoints {
  let last: (Discovered & { readonly etag: string }) | undefined;
  return async () => {
    const { request } = await import('undici');
    const response = await request(url, {
      headers: { accept: 'application/json', ...(last ? { 'if-none-match': last.etag } : {}) },
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (last && response.statusCode === 304) {
      await response.body.dump();
      return last;
    }
    if (response.statusCode !== 200) {
      await response.body.dump();
      throw new Error(`${url} answered ${response.statusCode}`);
    }
    const discovered = {
      endpoints: toEndpoints(endpointList.parse(JSON.parse(await readText(response.body)))),
      validForMs: intervalMs,
    };
    const { etag } = response.headers;
    last = typeof etag === 'string' ? { ...discovered, etag } : undefined;
    return discovered;
  };
}

async function readText(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > maxBytes)
      throw new Error(`the list of instances is larger than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length).toString('utf8');
}
