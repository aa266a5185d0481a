import { assertSupergraphSize, readSupergraphText } from './read-text.ts';
import type { SupergraphSource } from './source.ts';

export interface HttpSourceOptions {
  readonly url: string;
  /** Sent with every request, such as an authorization for the registry. */
  readonly headers: Readonly<Record<string, string>>;
  readonly pollIntervalMs: number;
  readonly timeoutMs: number;
}

/** Reads the supergraph over HTTP and asks for a newer one with the ETag of the last (RFC 9110 §13.1.2). */
export function createHttpSource(options: HttpSourceOptions): SupergraphSource {
  let etag: string | undefined;
  let last: string | undefined;

  /** @returns nothing when the supergraph is the one we have */
  async function readNewer(): Promise<string | undefined> {
    const { request } = await import('undici');
    const response = await request(options.url, {
      headers: {
        accept: 'application/graphql, text/plain, */*',
        ...options.headers,
        ...(etag ? { 'if-none-match': etag } : {}),
      },
      headersTimeout: options.timeoutMs,
      bodyTimeout: options.timeoutMs,
      signal: AbortSignal.timeout(options.timeoutMs),
    });
    if (response.statusCode !== 200) {
      await response.body.dump();
      if (response.statusCode === 304) return undefined;
      throw new Error(`it answered ${response.statusCode}`);
    }
    const sdl = await readText(response.body);
    const received = response.headers['etag'];
    etag = typeof received === 'string' ? received : undefined;
    if (sdl === last) return undefined;
    last = sdl;
    return sdl;
  }

  return {
    description: options.url,
    async load() {
      try {
        return (await readNewer()) ?? last ?? '';
      } catch (error) {
        throw new Error(
          `The supergraph at ${options.url} cannot be read: ${(error as Error).message}`,
          { cause: error },
        );
      }
    },
    watch(listener) {
      let isStopped = false;
      let timer: NodeJS.Timeout | undefined;
      const plan = (): void => {
        if (!isStopped) timer = setTimeout(() => void poll(), options.pollIntervalMs).unref();
      };
      const poll = async (): Promise<void> => {
        try {
          const sdl = await readNewer();
          if (isStopped) return;
          if (sdl === undefined) listener.onUnchanged?.();
          else listener.onChange(sdl);
        } catch (error) {
          if (!isStopped) listener.onProblem(error as Error);
        } finally {
          plan();
        }
      };
      plan();
      return () => {
        isStopped = true;
        clearTimeout(timer);
      };
    },
  };
}

async function readText(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    assertSupergraphSize(size);
    chunks.push(chunk);
  }
  return readSupergraphText(Buffer.concat(chunks));
}
