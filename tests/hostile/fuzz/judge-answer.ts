import type { RawAnswer } from './send-raw.ts';

const maxRefusalBytes = 64 * 1024;
const statuses = [200, 204, 400, 401, 403, 404, 405, 406, 408, 413, 414, 415, 429, 431, 503];
const internal = [
  /\bat .*\.(js|ts):\d+/,
  /node_modules|file:\/\//,
  /127\.0\.0\.1/,
  /did you mean/i,
];

/** @returns what is wrong with an answer, or nothing */
export function judgeAnswer({ status, headers, body }: RawAnswer): string | undefined {
  if (!statuses.includes(status)) return `status ${status}: ${body.slice(0, 300)}`;
  if (status === 204 || body === '') return undefined;
  if (!String(headers['content-type']).includes('json')) {
    return `content type ${String(headers['content-type'])}`;
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return `no JSON: ${body.slice(0, 200)}`;
  }
  if (Array.isArray(parsed)) return undefined;
  return judgeBody(parsed as Record<string, unknown>, body);
}

function judgeBody(parsed: Record<string, unknown>, text: string): string | undefined {
  const unknown = Object.keys(parsed).find(
    (key) => !['data', 'errors', 'extensions'].includes(key),
  );
  if (unknown !== undefined) return `a member ${unknown}`;
  const { data, errors } = parsed;
  if (errors === undefined) return data === undefined ? 'neither data nor errors' : undefined;
  if (!Array.isArray(errors) || errors.length === 0)
    return 'errors is no list with something in it';
  for (const error of errors as Record<string, unknown>[]) {
    const { message, extensions } = error;
    if (typeof message !== 'string') return 'an error without a message';
    const code = (extensions as { readonly code?: unknown } | undefined)?.code;
    if (typeof code !== 'string') return `an error without a code: ${message}`;
    if (code === 'INTERNAL_SERVER_ERROR') return `an internal error: ${message}`;
  }
  if (data === undefined && (errors.length > 10 || Buffer.byteLength(text) > maxRefusalBytes)) {
    return `a refusal of ${errors.length} errors and ${Buffer.byteLength(text)} bytes`;
  }
  const found = internal.find((pattern) => pattern.test(text));
  return found && `it says ${String(found)}`;
}
