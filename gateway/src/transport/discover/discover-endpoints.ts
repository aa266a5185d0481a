import type { Logger } from '@trellis/platform/log';
import type { Endpoint } from '../instance.ts';
import type { Traffic } from '../options.ts';
import { dnsEndpoints, openNameService, srvEndpoints } from './dns-endpoints.ts';
import { fileEndpoints } from './file-endpoints.ts';
import { httpEndpoints } from './http-endpoints.ts';
import { watchEndpoints, type ReadEndpoints } from './watch-endpoints.ts';

/**
 * Finds the instances of one subgraph, now and whenever they change. Until a source has answered for the first time,
 * the address itself is the one instance.
 * @param url the routing URL of the supergraph, used where the settings give no `url`
 * @returns stops looking
 */
export function discoverEndpoints(
  { url, traffic, log }: { readonly url: string; readonly traffic: Traffic; readonly log: Logger },
  update: (endpoints: readonly Endpoint[]) => void,
): () => void {
  const urls = [traffic.url ?? url].flat().map((address) => new URL(address));
  update(urls.map((address) => ({ url: address })));
  const read = sourceFor(traffic, urls[0] ?? new URL(url));
  return read ? watchEndpoints({ read, update, log }) : () => undefined;
}

function sourceFor({ discovery }: Traffic, url: URL): ReadEndpoints | undefined {
  switch (discovery?.kind) {
    case undefined:
      return undefined;
    case 'dns':
      return dnsEndpoints(url, discovery.maxTtlMs, openNameService(discovery.servers));
    case 'srv':
      return srvEndpoints(
        { name: discovery.name, url, maxTtlMs: discovery.maxTtlMs },
        openNameService(discovery.servers),
      );
    case 'file':
      return fileEndpoints(discovery.path, discovery.intervalMs);
    case 'http':
      return httpEndpoints(discovery.url, discovery.intervalMs);
  }
}
