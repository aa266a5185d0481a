import { lookup, Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Endpoint } from '../instance.ts';
import type { Discovered, ReadEndpoints } from './watch-endpoints.ts';

/** The questions asked of the name service; Node's resolver unless a test brings its own. */
export interface NameService {
  resolve4(host: string, options: { readonly ttl: true }): Promise<AddressRecord[]>;
  resolve6(host: string, options: { readonly ttl: true }): Promise<AddressRecord[]>;
  resolveSrv(name: string): Promise<ServiceRecord[]>;
  /** As every other program of this machine finds the name: with its hosts file and search domains, and without a TTL. */
  lookup(host: string, options: { readonly all: true }): Promise<{ readonly address: string }[]>;
}

/** Name servers to ask instead of the system's: an address each, with a port where it is not 53. */
export type NameServers = readonly string[] | undefined;

/** Asks the system's name servers, or those given. A server that says nothing costs two seconds, twice. */
export function openNameService(servers: NameServers): NameService {
  const resolver = new Resolver({ timeout: 2_000, tries: 2 });
  if (servers) resolver.setServers(servers);
  return {
    resolve4: (host, options) => resolver.resolve4(host, options),
    resolve6: (host, options) => resolver.resolve6(host, options),
    resolveSrv: (name) => resolver.resolveSrv(name),
    // Servers that were named are asked and nobody else.
    lookup: servers ? () => Promise.resolve([]) : (host, options) => lookup(host, options),
  };
}

interface AddressRecord {
  readonly address: string;
  /** Seconds. */
  readonly ttl: number;
}

interface ServiceRecord {
  readonly name: string;
  readonly port: number;
  /** Lower is better (RFC 2782); higher numbers are used only while nothing better is well. */
  readonly priority: number;
  /** Share of the load among targets of equal priority; 0 is the least there is (RFC 2782). */
  readonly weight: number;
}

const defaultMaxTtlMs = 30_000;
/** A TTL of 0 does not make a question per moment. */
const minTtlMs = 1_000;
/** How long an address stands that the system found, which says nothing of that. */
const lookedUpTtlSeconds = 5;

/**
 * Every address of the URL's host is an instance, asked anew when the records' TTL is over: Kubernetes headless
 * services work so. TLS still checks the host name, not the address.
 * @param maxTtlMs asks at least this often
 */
export function dnsEndpoints(
  url: URL,
  maxTtlMs: number = defaultMaxTtlMs,
  names: NameService = openNameService(undefined),
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
 * URL, and with its part of the target's weight; targets of a worse priority stand by for when the better ones fail (RFC 2782). Node gives no TTL for SRV records, so that of the targets' addresses decides when to ask again.
 */
export function srvEndpoints(
  service: { readonly name: string; readonly url: URL; readonly maxTtlMs?: number | undefined },
  names: NameService = openNameService(undefined),
): ReadEndpoints {
  const { name, url, maxTtlMs = defaultMaxTtlMs } = service;
  return async () => {
    const records = await names.resolveSrv(name);
    const results = await Promise.allSettled(
      records.map((record) => resolveTarget(record, url, names)),
    );
    // A target that has just left may still be listed: the others stand.
    const resolved = results.flatMap((each) => (each.status === 'fulfilled' ? each.value : []));
    const [first] = results;
    if (resolved.length === 0 && first?.status === 'rejected') throw first.reason;
    return {
      endpoints: resolved.flatMap(({ endpoints }) => endpoints),
      validForMs: clampTtl(Math.min(...resolved.map(({ validForMs }) => validForMs)), maxTtlMs),
    };
  };
}

/** Every address gets the target's priority and its part of the target's weight. */
async function resolveTarget(
  { name, port, priority, weight }: ServiceRecord,
  url: URL,
  names: NameService,
): Promise<Discovered> {
  const target = new URL(url);
  target.hostname = name;
  target.port = String(port);
  const { endpoints, validForMs } = await resolveHost(target, names);
  const share = Math.max(weight, leastWeight) / endpoints.length;
  return {
    endpoints: endpoints.map((endpoint) => ({ ...endpoint, weight: share, priority })),
    validForMs,
  };
}

async function resolveHost(url: URL, names: NameService): Promise<Discovered> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0) return { endpoints: [{ url }], validForMs: Number.POSITIVE_INFINITY };
  const results = await Promise.allSettled([
    names.resolve4(host, { ttl: true }),
    names.resolve6(host, { ttl: true }),
  ]);
  const failed = results.find((result) => result.status === 'rejected' && !isNoRecord(result));
  // Half of an answer would take the addresses of the other family away.
  if (failed?.status === 'rejected') throw failed.reason;
  const found = results.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
  const records = found.length > 0 ? found : await lookUp(host, names);
  if (records.length === 0) throw new Error(`${host} has no address`);
  return {
    endpoints: records.map(({ address }): Endpoint => ({ url, address })),
    validForMs: Math.min(...records.map(({ ttl }) => ttl * 1000)),
  };
}

/** The name, or records of this kind, do not exist: an answer, unlike silence or a failing server. */
function isNoRecord({ reason }: PromiseRejectedResult): boolean {
  return ['ENODATA', 'ENOTFOUND'].includes((reason as { code: string }).code);
}

/** A short name, such as `orders` in Kubernetes or Compose, is known to the system only. */
async function lookUp(host: string, names: NameService): Promise<readonly AddressRecord[]> {
  const found = await names.lookup(host, { all: true });
  return found.map(({ address }) => ({ address, ttl: lookedUpTtlSeconds }));
}

function clampTtl(ttlMs: number, maxTtlMs: number): number {
  return Math.min(Math.max(ttlMs, minTtlMs), maxTtlMs);
}
