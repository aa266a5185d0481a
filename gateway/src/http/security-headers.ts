/**
 * What browsers must not do with an answer: guess its type, run it as a page, show it inside another one, or tell others
 * where they found a link in it. Name, value, name, value.
 */
export const securityHeaders: readonly string[] = [
  'x-content-type-options',
  'nosniff',
  'content-security-policy',
  "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy',
  'no-referrer',
];

/** Makes browsers use TLS from now on (RFC 6797). @param seconds how long; 0: no header */
export function strictTransportSecurity(seconds: number): readonly string[] {
  return seconds === 0
    ? []
    : ['strict-transport-security', `max-age=${seconds}; includeSubDomains`];
}
