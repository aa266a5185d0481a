import { GatewayError } from '../errors.ts';
import type { IncomingHeaders } from '../request.ts';

/** Content types a web page may send to another site without a preflight (Fetch standard, CORS-safelisted). */
const simpleTypes = new Set([
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'text/plain',
]);

const preflightHeaders = ['apollo-require-preflight', 'x-apollo-operation-name'];

/**
 * Refuses requests that a foreign web page could cause without its browser asking first. POST needs no check:
 * it must be application/json, which browsers ask for.
 * @throws GatewayError CSRF_PREVENTED
 */
export function assertPreflighted(headers: IncomingHeaders): void {
  const type = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  if (type !== undefined && type !== '' && type.includes('/') && !simpleTypes.has(type)) return;
  if (preflightHeaders.some((name) => (headers[name] ?? '') !== '')) return;
  throw new GatewayError(
    'CSRF_PREVENTED',
    `A web page of another site could send this request unasked. Send it with POST, or add the header "${preflightHeaders[0]}: true".`,
  );
}
