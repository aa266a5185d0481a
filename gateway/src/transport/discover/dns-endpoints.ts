import { Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Endpoint } from '../instance.ts';
import type { Discovered, ReadEndpoints } from './watch-endpoints.ts';

/** The questions asked of the name service; Node's resolver unless a test brings its own. */
export interface NameService {
  resolve4(host: string, options: { readonly ttl: true }): Promise<AddressRecord[]>;
  resolve6(host: string, options: { readonly ttl: true }): Promise<AddressRecord[]>;
  resolveSrv(name: string): Promise<ServiceRecord[]>;
}

interface AddressRecord {
  readonly address: string;
  /** Seconds. */
  readonly ttl: number;
}

interface ServiceRecord {
  readonly name: string;
  readonly port: number;
  /** Lower is better (RFC 2782); higher numbers are used only when nothing better is listed. */
  readonly priority: number;
  /** Share of the load among targets of equal priority; 0 is the least there is (RFC 2782). */
  readonly weight: number;
}

const defaultMaxTtlMs = 30_000;
/** A TTL of 0 does not make a question per moment. */
const minTtlMs = 1_000;

/**
 * Every address of the URL's host is an instance, asked anew when the records' TTL is over: Kubernetes headless
 * services work so. TLS still checks the host name, not the address.
 * @param maxTtlMs asks at least this often
 */
export function dnsEndpoints(
  url: URL,
  maxTtlMs: number = defaultMaxTtlMs,
  names: NameService = new Resolver(),
): ReadEndpoints {
  return async () => {
    const { endpoints, validForMs } = await resolveHost(url, names);
    return { endpoints, validForMs: clampTtl(validForMs, maxTtlMs) };
  };
}

/** What a target with weight 0 gets where others have more: a very small chance of being selected (RFC 2782). */
const leastWeight = 0.1;

/**
 * Every address of every target of an SRV name is an instance, at the target's port, with path and protocol of the
 * URL, and with its part of the target's weight. Node gives no TTL for SRV records, so that of the targets' addresses decides when to ask again.
 */
export function srvEndpoints(
  service: { readonly name: string; readonly url: URL; readonly maxTtlMs?: number | undefined },
  names: NameService = new Resolver(),
): ReadEndpoints {
  const { name, url, maxTtlMs = defaultMaxTtlMs } = service;
  return async () => {
    const records = await names.resolveSrv(name);
    const best = Math.min(...records.map(({ priority }) => priority));
    const chosen = records.filter(({ priority }) => priority === best);
    const resolved = await Promise.all(
      chosen.map((record) => {
        const target = new URL(url);
        target.hostname = record.name;
        target.port = String(record.port);
        return resolveHost(target, names).then((found) => shareWeight(found, record.weight));
      }),
    );
    return {
      endpoints: resolved.flatMap(({ endpoints }) => endpoints),
      validForMs: clampTtl(Math.min(...resolved.map(({ validForMs }) => validForMs)), maxTtlMs),
    };
  };
}

/** Every address gets its part of the target's weight. */
function shareWeight({ endpoints, validForMs }: Discovered, weight: number): Discovered {
  const share = Math.max(weight, leastWeight) / endpoints.length;
  return { endpoints: endpoints.map((endpoint) => ({ ...endpoint, weight: share })), validForMs };
}

async function resolveHost(url: URL, names: NameService): Promise<Discovered> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0) return { endpoints: [{ url }], validForMs: Number.POSITIVE_INFINITY };
  const results = await Promise.allSettled([
    names.resolve4(host, { ttl: true }),
    names.resolve6(host, { ttl: true }),
  ]);
  const records = results.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
  const [first] = results;
  if (records.length === 0 && first?.status === 'rejected') throw first.reason;
  return {
    endpoints: records.map(({ address }): Endpoint => ({ url, address })),
    validForMs: Math.min(...records.map(({ ttl }) => ttl * 1000)),
  };
}

function clampTtl(ttlMs: number, maxTtlMs: number): number {
  return Math.min(Math.max(ttlMs, minTtlMs), maxTtlMs);
}
