import { createHash, randomBytes } from 'node:crypto';

/** What has an id, and how its ids begin. */
export const idPrefixes = {
  user: 'usr',
  address: 'adr',
  category: 'cat',
  product: 'prd',
  variant: 'var',
  review: 'rev',
  warehouse: 'whs',
  stock: 'stk',
  order: 'ord',
  orderLine: 'orl',
  paymentMethod: 'pmt',
  payment: 'pay',
  refund: 'rfd',
  shipment: 'shp',
} as const;

export type IdKind = keyof typeof idPrefixes;

/** Lower-case Crockford base 32: no letter that reads like a digit. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const length = 12;

/**
 * The id of the `index`-th seeded thing of a kind: opaque, and the same in every service and every run. So
 * `orders` knows the id of user 17 without asking `accounts`.
 * @param index from 0; 60 bits tell 100,000 apart, which a test proves
 * @returns such as `usr_8m3tqk0v5zrd`
 */
export function seedId(kind: IdKind, index: number): string {
  return writeId(kind, createHash('sha256').update(`trellis seed ${kind} ${index}`).digest());
}

/** A new id of the same form, for a row that comes later: 60 random bits. */
export function newId(kind: IdKind): string {
  return writeId(kind, randomBytes(length));
}

function writeId(kind: IdKind, bytes: Uint8Array): string {
  let text = `${idPrefixes[kind]}_`;
  for (let index = 0; index < length; index += 1) text += alphabet[(bytes[index] ?? 0) & 31];
  return text;
}
