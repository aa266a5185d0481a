import { CommandError } from '../command-error.ts';
import { exitCodes } from '../exit-codes.ts';
import { maxSchemaBytes, tooLarge } from './read-text-file.ts';

/** How to ask a running subgraph for its schema. */
export interface IntrospectionRequest {
  url: string;
  headers: Record<string, string>;
  /** Default 10 seconds. */
  timeoutMs?: number;
}

/** The query every subgraph answers (Federation subgraph specification, "Enhanced introspection with Query._service"). */
const query = 'query SubgraphIntrospectQuery { _service { sdl } }';
const defaultTimeoutMs = 10_000;

/**
 * Asks a running subgraph for its schema by `{ _service { sdl } }`.
 * @returns the SDL
 * @throws CommandError (exit code 4) one line: unreachable, refused, HTML or other non-JSON, errors, no SDL
 */
export async function introspectSubgraph(request: IntrospectionRequest): Promise<string> {
  const { url } = request;
  const { response, body } = await post(request);
  const kind = response.headers.get('content-type') ?? 'no content type';
  if (/^\s*</.test(body) || kind.includes('html')) {
    throw failure(
      url,
      `answered ${response.status} with HTML, not GraphQL; is this the address of the GraphQL endpoint?`,
    );
  }
  let answer: unknown;
  try {
    answer = JSON.parse(body);
  } catch {
    throw failure(
      url,
      `answered ${response.status} with ${kind}, which is not JSON: ${shorten(body)}`,
    );
  }
  const { data, errors } = (answer ?? {}) as {
    data?: { _service?: { sdl?: unknown } | null } | null;
    errors?: { message?: unknown }[];
  };
  const sdl = data?._service?.sdl;
  if (typeof sdl === 'string' && sdl.trim() !== '') return sdl;
  if (Array.isArray(errors) && errors.length > 0) {
    const message = shorten(String(errors[0]?.message));
    const help = /introspection/i.test(message)
      ? '; allow it there, or name the schema as a file'
      : '';
    throw failure(url, `answered with an error: ${message}${help}`);
  }
  throw failure(
    url,
    `answered ${response.status} without data._service.sdl; is it a federation subgraph?`,
  );
}

async function post(request: IntrospectionRequest): Promise<{ response: Response; body: string }> {
  const { url, headers, timeoutMs = defaultTimeoutMs } = request;
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/graphql-response+json, application/json',
        ...headers,
      },
      body: JSON.stringify({ query, operationName: 'SubgraphIntrospectQuery' }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    return { response, body: await readLimited(response, url) };
  } catch (error) {
    if (error instanceof CommandError) throw error;
    if ((error as Error).name === 'TimeoutError') {
      throw failure(url, `did not answer within ${timeoutMs / 1000} s`, error);
    }
    throw failure(url, `cannot be reached: ${networkReason(error)}`, error);
  }
}

/** Reads a body, but no more than a schema may have: an endless answer must not fill the memory. */
async function readLimited(response: Response, url: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    const piece = chunk as Uint8Array;
    bytes += piece.byteLength;
    if (bytes > maxSchemaBytes) throw new CommandError(tooLarge(url, bytes), exitCodes.network);
    chunks.push(piece);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function failure(url: string, what: string, cause?: unknown): CommandError {
  return new CommandError(`${url} ${what}`, exitCodes.network, { cause });
}

function networkReason(error: unknown): string {
  const cause = (error as Error).cause as (Error & { code?: string }) | undefined;
  if (cause?.code === 'ECONNREFUSED') return 'connection refused; is the subgraph running?';
  if (cause?.code === 'ENOTFOUND') return 'the host name is unknown';
  return cause?.message || (error as Error).message;
}

function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 160 ? `${line.slice(0, 160)}…` : line;
}
