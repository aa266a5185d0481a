import { GatewayError } from '../errors.ts';
import type { IncomingHeaders } from '../incoming-headers.ts';

const preflightHeaders = ['apollo-require-preflight', 'x-apollo-operation-name'];

/**
 * Refuses GET requests with a content type that is not application/json. They have no body to give it a meaning, and a
 * browser was found that asks for no permission for some types (GHSA-9q82-xgwf-vj6h).
 * @throws GatewayError UNSUPPORTED_MEDIA_TYPE
 */
export function assertJsonOrNoType(headers: IncomingHeaders): void {
  const type = headers['content-type'];
  if (type === undefined || type === '' || isJsonType(type)) return;
  throw new GatewayError(
    'UNSUPPORTED_MEDIA_TYPE',
    'A GET request has no body: send it without a Content-Type, or with application/json.',
  );
}

/**
 * Refuses requests that a foreign web page could cause without its browser asking first. POST needs no check:
 * it must be application/json, which browsers ask for.
 * @throws GatewayError CSRF_PREVENTED
 */
export function assertPreflighted(headers: IncomingHeaders): void {
  if (isJsonType(headers['content-type'] ?? '')) return;
  if (preflightHeaders.some((name) => (headers[name] ?? '') !== '')) return;
  throw new GatewayError(
    'CSRF_PREVENTED',
    `A web page of another site could send this request unasked. Send it with POST, or add the header "${preflightHeaders[0]}: true".`,
  );
}

function isJsonType(type: string): boolean {
  return type.split(';', 1)[0]?.trim().toLowerCase() === 'application/json';
}
