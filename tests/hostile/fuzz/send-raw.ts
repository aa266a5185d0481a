import { request, type Agent, type IncomingHttpHeaders } from 'node:http';
import type { FuzzRequest } from './random-request.ts';

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/**
 * Sends a request and reads the answer.
 * @returns nothing when the connection ended first, as it may while a body that is too large is still being sent
 * @throws Error when no answer came in time
 */
export function sendRaw(
  url: string,
  { method, path, headers, body }: FuzzRequest,
  { agent, timeoutMs }: { readonly agent: Agent; readonly timeoutMs: number },
): Promise<RawAnswer | undefined> {
  return new Promise((resolve, reject) => {
    const outgoing = request(`${url}${path}`, { method, headers, agent, timeout: timeoutMs });
    outgoing.on('timeout', () => {
      reject(new Error(`no answer within ${timeoutMs} ms`));
      outgoing.destroy();
    });
    outgoing.on('error', () => resolve(undefined));
    outgoing.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', () => resolve(undefined));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString('utf8'),
        }),
      );
    });
    outgoing.end(body);
  });
}
