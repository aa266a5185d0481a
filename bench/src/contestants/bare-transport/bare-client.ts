import { balance } from '../../../../gateway/dist/transport/discover/balance.js';
import { createHeaderWriter } from '../../../../gateway/dist/transport/headers.js';
import { send } from '../../../../gateway/dist/transport/send.js';
import type { createSubgraphClient as createClient } from '../../../../gateway/dist/transport/subgraph-client.js';

/**
 * The gateway's way to a subgraph without its policies: no sharing, deadline, log, mask, retry, breaker or bulkhead. What is left
 * is one POST and the reading of its answer. Only a ruler: nothing here ends a fetch that hangs.
 */
export const createSubgraphClient: typeof createClient = (options) => {
  const { subgraph, traffic, signIdentity } = options;
  const post = send({
    subgraph,
    maxResponseBytes: traffic.maxResponseBytes,
    maxRetryAfterMs: 0,
    instances: balance(options.instances),
    reuseSocketsForMutations: false,
    headers: createHeaderWriter({
      subgraph,
      signIdentity,
      propagate: traffic.propagateHeaders,
      acceptsCompressed: traffic.acceptsCompressed,
    }),
  });
  const neverStopped = new AbortController().signal;
  const forget = (): void => undefined;
  return (request, { id, identity, headers, trace, deadline }) =>
    new Promise((resolve, reject) => {
      const context = {
        id,
        identity,
        headers,
        trace,
        deadline,
        signal: neverStopped,
        attempt: 0,
        lastInstance: undefined,
        receivedBytes: 0,
        whenStopped: () => forget,
      };
      post(request, context, (response, reason) => {
        if (response) resolve(response);
        else reject(reason as Error);
      });
    });
};
