import { expect } from '@jest/globals';

export interface HostileAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly elapsedMs: number;
}

export interface HostileBody {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly {
    readonly message?: unknown;
    readonly extensions?: { readonly code?: unknown };
    readonly path?: readonly unknown[];
  }[];
}

/** Sends a request and reads the whole answer. */
export async function send(url: string, init: RequestInit = {}): Promise<HostileAnswer> {
  const startedAt = performance.now();
  const response = await fetch(url, init);
  const text = await response.text();
  const elapsedMs = performance.now() - startedAt;
  return { status: response.status, headers: response.headers, text, elapsedMs };
}

export function post(
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<HostileAnswer> {
  return send(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

export function get(
  url: string,
  parameters: Readonly<Record<string, unknown>>,
  headers: Record<string, string> = { 'apollo-require-preflight': 'true' },
): Promise<HostileAnswer> {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value === undefined) continue;
    search.set(name, typeof value === 'string' ? value : JSON.stringify(value));
  }
  return send(`${url}/graphql?${search.toString()}`, { headers });
}

const maxBytes = 64 * 1024;

/** What must stand in no answer: addresses, stacks, file names, suggestions. */
const internal = [
  /127\.0\.0\.1/,
  /localhost/,
  /\bat .*\.(js|ts):\d+/,
  /node_modules|file:\/\//,
  /did you mean/i,
  /ECONN|UND_ERR/,
];

/**
 * The rule for every answer: JSON of `data`, `errors` and `extensions` only; an error has a message and a code; a refusal
 * has at most ten errors and 64 KB; nothing internal is in it.
 * @returns the code of the first error, or `data`
 */
export function readVerdict({ status, headers, text }: HostileAnswer): string {
  expect(headers.get('content-type')).toMatch(/json/);
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('x-powered-by')).toBeNull();
  expect(Buffer.from(text, 'utf8').toString('utf8')).toBe(text);
  const body = JSON.parse(text) as HostileBody;
  for (const key of Object.keys(body)) expect(['data', 'errors', 'extensions']).toContain(key);
  for (const { message, extensions } of body.errors ?? []) {
    expect([typeof message, typeof extensions?.code]).toEqual(['string', 'string']);
    expect(String(message).length).toBeLessThanOrEqual(500);
  }
  const quoted = text.replaceAll('INTERNAL_SERVER_ERROR', '');
  for (const pattern of internal) expect(quoted).not.toMatch(pattern);
  const code = body.errors?.[0]?.extensions?.code;
  if (code === undefined) {
    expect(status).toBe(200);
    expect(body.data).toBeDefined();
    return 'data';
  }
  if (body.data === undefined) {
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(maxBytes);
    expect(body.errors?.length).toBeLessThanOrEqual(10);
  }
  expect([status, code]).not.toEqual([500, expect.anything()]);
  if (typeof code !== 'string') throw new Error('the code of an error is no text');
  return code;
}
