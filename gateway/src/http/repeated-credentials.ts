import type { IncomingMessage } from 'node:http';

/**
 * Tells of several Authorization headers as the list that they are (RFC 9110 §5.3). Node.js keeps the first and drops the
 * others; whoever checked the request before us may have looked at another one. No list is a credential, so it is refused.
 */
export function tellRepeatedCredentials({ headers, rawHeaders }: IncomingMessage): void {
  if (headers.authorization === undefined) return;
  const values: string[] = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    if (rawHeaders[at]?.toLowerCase() === 'authorization') values.push(rawHeaders[at + 1] ?? '');
  }
  if (values.length > 1) headers.authorization = values.join(', ');
}
