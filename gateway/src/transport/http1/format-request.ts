import type { ExchangeRequest } from './exchange.ts';

// RFC 9110 §5.5. A line break in a value would be a header of the caller's choice.
const forbiddenInValue = /[^\t\u0020-\u007e\u0080-\u00ff]/;

/** Text whose characters are the bytes to send, and what follows it in UTF-8. */
export interface FormattedRequest {
  readonly latin1: string;
  /** The body, where it is not ASCII. */
  readonly utf8: string | undefined;
}

/**
 * Writes a request as it goes over the socket (RFC 9112 §3).
 * @param host value of the Host header
 * @throws Error for a header value that no header may have
 */
export function formatRequest(request: ExchangeRequest, host: string): FormattedRequest {
  const { headers, body, method, path } = request;
  let text = `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\n`;
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const name = headers[at] ?? '';
    const value = headers[at + 1] ?? '';
    if (forbiddenInValue.test(value)) throw new InvalidHeader(name);
    text += `${name}: ${value}\r\n`;
  }
  const bytes = Buffer.byteLength(body);
  text += `content-length: ${bytes}\r\n\r\n`;
  if (bytes === body.length) return { latin1: text + body, utf8: undefined };
  return { latin1: text, utf8: body };
}

class InvalidHeader extends Error {
  override readonly name = 'InvalidHeader';
  readonly code = 'TRELLIS_INVALID_HEADER';
  constructor(header: string) {
    super(`the value of the header "${header}" holds characters that no header may have`);
  }
}
