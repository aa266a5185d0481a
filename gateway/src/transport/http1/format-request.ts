import type { ExchangeRequest } from './exchange.ts';

/** Text whose characters are the bytes to send, and what follows it in UTF-8. */
export interface FormattedRequest {
  readonly latin1: string;
  /** The body, where it is not ASCII. */
  readonly utf8: string | undefined;
}

/**
 * Writes a request as it goes over the socket (RFC 9112 §3).
 * @param host value of the Host header
 */
export function formatRequest(request: ExchangeRequest, host: string): FormattedRequest {
  const { headers, body, method, path } = request;
  const bytes = Buffer.byteLength(body);
  const head = `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\n${headers.lines}content-length: ${bytes}\r\n\r\n`;
  if (bytes === body.length) return { latin1: head + body, utf8: undefined };
  return { latin1: head, utf8: body };
}
