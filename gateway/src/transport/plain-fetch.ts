import { Pool } from 'undici';
import { SubgraphError } from '../errors.ts';
import type { SubgraphTable } from '../supergraph/subgraph-table.ts';
import type { SubgraphFetch, SubgraphResponse } from './subgraph-fetch.ts';

/** Sends requests as they are: one pool per origin, no retries, no breaker. */
export function createPlainFetch(subgraphs: SubgraphTable): SubgraphFetch {
  const pools = new Map<string, Pool>();
  return async function plainFetch(request) {
    const url = new URL(subgraphs.get(request.subgraph)?.url ?? '');
    let pool = pools.get(url.origin);
    if (!pool) pools.set(url.origin, (pool = new Pool(url.origin)));
    try {
      const { body } = await pool.request({
        path: url.pathname + url.search,
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        body: request.body,
      });
      return (await body.json()) as SubgraphResponse;
    } catch (error) {
      throw new SubgraphError('SUBGRAPH_UNAVAILABLE', request.subgraph, { cause: error });
    }
  };
}
