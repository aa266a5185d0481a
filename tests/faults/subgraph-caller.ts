import { createSubgraphFetch, type SubgraphFetchOptions } from '@trellis/gateway/subgraph-fetch';
import { createDeadline } from '@trellis/platform/deadline';
import { anonymous } from '@trellis/platform/identity';
import { createLog } from '@trellis/platform/log';

type Transport = ReturnType<typeof createSubgraphFetch>;
type Answer = Awaited<ReturnType<Transport['fetch']>>;

export interface SubgraphCaller {
  readonly transport: Transport;
  /** Sends one request and waits for its answer or failure. */
  ask(kind?: 'query' | 'mutation', body?: string): Promise<Answer>;
}

/** The transport alone, to one subgraph called `stock`. */
export function openTransport(
  url: string,
  traffic: Readonly<Record<string, unknown>> = {},
  options: Partial<SubgraphFetchOptions> = {},
): SubgraphCaller {
  const transport = createSubgraphFetch({
    urls: new Map([['stock', url]]),
    subgraphs: { stock: traffic },
    log: createLog('test', { LOG_LEVEL: 'silent' }),
    ...options,
  });
  return {
    transport,
    ask: (kind = 'query', body = '{"query":"{ a }"}') =>
      transport.fetch(
        { subgraph: 'stock', kind, operationName: undefined, body, fields: ['a'] },
        {
          id: 'test',
          identity: anonymous,
          headers: {},
          signal: new AbortController().signal,
          deadline: createDeadline(10_000),
          trace: {
            traceId: '0af7651916cd43dd8448eb211c80319c',
            parentId: 'b7ad6b7169203331',
            sampled: false,
            state: undefined,
          },
        },
      ),
  };
}
