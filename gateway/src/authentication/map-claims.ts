import type { Identity } from '@trellis/platform/identity';
import type { JWTPayload } from 'jose';
import type { IssuerOptions } from './options.ts';

type ClaimName = string | readonly string[];

/**
 * Verified claims → identity. Names are taken as they are: `Admin` and `admin:read` are not `ADMIN`. A claim of an
 * unexpected shape gives nothing. Undefined when there is no subject.
 */
export function mapClaims(
  payload: JWTPayload,
  { claims: names, services }: Pick<IssuerOptions, 'claims' | 'services'>,
): Identity | undefined {
  const subject = readClaim(payload, names.subject);
  if (typeof subject !== 'string' || subject === '') return undefined;
  const attributes: Record<string, string> = {};
  for (const [name, claim] of Object.entries(names.attributes)) {
    const value = readClaim(payload, claim);
    if (typeof value === 'string') attributes[name] = value;
  }
  const isClaimed = ({ claim, equals }: IssuerOptions['services'][number]): boolean =>
    readClaim(payload, claim) === equals;
  return Object.freeze({
    kind: isClient(payload, subject) || services.some(isClaimed) ? 'service' : 'user',
    subject,
    roles: Object.freeze(readNames(readClaim(payload, names.roles))),
    scopes: Object.freeze(readScopes(readClaim(payload, names.scopes))),
    attributes: Object.freeze(attributes),
  });
}

/** RFC 9068 §2.2: a token that no person stands behind has its client as subject. */
function isClient(payload: JWTPayload, subject: string): boolean {
  return payload['client_id'] === subject || payload['azp'] === subject;
}

function readClaim(payload: JWTPayload, name: ClaimName): unknown {
  let value: unknown = payload;
  for (const key of typeof name === 'string' ? [name] : name) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return value;
}

function readNames(value: unknown): string[] {
  if (typeof value === 'string') return value === '' ? [] : [value];
  if (!Array.isArray(value)) return [];
  return value.filter((each): each is string => typeof each === 'string' && each !== '');
}

/** RFC 6749 §3.3: scopes are separated by spaces. A list, as some issuers write, is taken item by item. */
function readScopes(value: unknown): string[] {
  if (typeof value === 'string') return value.split(' ').filter((scope) => scope !== '');
  return readNames(value);
}
