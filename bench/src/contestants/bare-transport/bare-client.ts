import { balance } from '../../../../gateway/dist/transport/discover/balance.js';
import type { FetchContext } from '../../../../gateway/dist/transport/fetch-context.js';
import { createHeaderWriter } from '../../../../gateway/dist/transport/headers.js';
import { Layer } from '../../../../gateway/dist/transport/layer.js';
import { Send } from '../../../../gateway/dist/transport/send.js';
import type { createSubgraphClient as createClient } from '../../../../gateway/dist/transport/subgraph-client.js';

type Response = Parameters<FetchContext['settle']>[0];

/**
 * The gateway's way to a subgraph without its policies: no sharing, deadline, log, mask, retry, breaker or bulkhead. What is left
 * is one POST and the reading of its answer. Only a ruler: nothing here ends a fetch that hangs.
 */
export const createSubgraphClient: typeof createClient = (options) => {
  const { subgraph, traffic, signIdentity } = options;
  const post = Layer.chain(
    new Outermost(),
    new Send({
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
    }),
  );
  const neverStopped = new AbortController().signal;
  return (request, { id, identity, headers, trace, deadline }) =>
    new Promise((resolve, reject) => {
      post.send({
        request,
        id,
        identity,
        headers,
        trace,
        deadline,
        signal: neverStopped,
        attempt: 0,
        lastInstance: undefined,
        receivedBytes: 0,
        holder: undefined,
        stopReason: undefined,
        finishTry: undefined,
        settle(response, reason) {
          if (response) resolve(response);
          else reject(reason as Error);
        },
      });
    });
};

class Outermost extends Layer {
  send(fetch: FetchContext): void {
    this.inner.send(fetch);
  }

  settle(fetch: FetchContext, response: Response, reason: unknown): void {
    fetch.settle(response, reason);
  }
}
