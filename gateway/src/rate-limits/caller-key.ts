import { isIPv4 } from 'node:net';
import type { Identity } from '@trellis/platform/identity';
import ipaddr from 'ipaddr.js';

/** Who is counted: a subject, or the address of somebody without one. */
export function callerKey({ kind, subject }: Identity, clientAddress: string | undefined): string {
  return kind === 'anonymous' ? addressKey(clientAddress) : `${kind}:${subject ?? ''}`;
}

/** Length of the part of an IPv6 address that belongs to one customer (RFC 6177): below it whoever has one has them all. */
const networkBits = 64;

/** Callers whose address is not known share one key. */
export function addressKey(clientAddress: string | undefined): string {
  if (clientAddress === undefined) return 'address:unknown';
  // Most are, and need no reading.
  if (isIPv4(clientAddress)) return `address:${clientAddress}`;
  const withPort = /^\[([^\]]+)\](?::\d+)?$|^([\d.]+):\d+$/.exec(clientAddress);
  // Some proxies write ports into X-Forwarded-For.
  if (withPort) return addressKey(withPort[1] ?? withPort[2]);
  if (!ipaddr.isValid(clientAddress)) return 'address:unknown';
  // IPv4 as IPv6 shows it (::ffff:192.0.2.1) is IPv4.
  const address = ipaddr.process(clientAddress);
  if (address instanceof ipaddr.IPv4) return `address:${address.toString()}`;
  const network = address.toByteArray().slice(0, networkBits / 8);
  return `address:${Buffer.from(network).toString('hex')}`;
}
