import type { GraphQLDataSource } from '@apollo/gateway';
import type { SignIdentity } from '@trellis/platform/identity';
import type { Logger } from '@trellis/platform/log';
import { bulkhead } from './bulkhead.ts';
import { circuitBreaker } from './circuit-breaker.ts';
import { deadline } from './deadline.ts';
import { deduplicate } from './deduplicate.ts';
import { balance } from './discover/balance.ts';
import { createHeaderWriter } from './headers.ts';
import type { Instance } from './instance.ts';
import { logFailures } from './log-failures.ts';
import { maskErrors } from './mask-errors.ts';
import type { Traffic } from './options.ts';
import { retry } from './retry.ts';
import { send } from './send.ts';
import { fromDataSource, type FindIncomingRequest } from './data-source.ts';
import { hedge } from './hedge.ts';
import { chain } from './fetch-context.ts';
import type { SubgraphFetch } from './subgraph-fetch.ts';

export interface SubgraphClientOptions {
  readonly subgraph: string;
  readonly traffic: Traffic;
  readonly instances: () => readonly Instance[];
  readonly signIdentity: SignIdentity | undefined;
  readonly log: Logger;
  /** Production: what subgraphs say in their errors is masked. */
  readonly isMasking: boolean;
  /** Asked instead of the instances, where the application brought a data source of its own. */
  readonly dataSource: GraphQLDataSource | undefined;
  readonly findIncomingRequest: FindIncomingRequest;
}

/**
 * The way of a fetch to one subgraph, outermost first. A breaker inside the retry sees every try and stops it; the
 * bulkhead inside the breaker keeps refused fetches out of the queue; the deadline around them all covers pauses,
 * queueing and the body.
 */
export function createSubgraphClient(options: SubgraphClientOptions): SubgraphFetch {
  const { subgraph, traffic, log, signIdentity, isMasking, dataSource } = options;
  const { timeoutMs, maxResponseBytes, maxRetryAfterMs, reuseSocketsForMutations } = traffic;
  const headers = createHeaderWriter({
    subgraph,
    signIdentity,
    propagate: traffic.propagateHeaders,
    acceptsCompressed: traffic.acceptsCompressed,
  });
  // What a data source adds to a request cannot be known, so nobody shares its answers.
  const callerKey = dataSource ? undefined : headers.callerKey;
  const instances = balance(options.instances);
  const innermost = dataSource
    ? fromDataSource({
        subgraph,
        dataSource,
        headers,
        findIncomingRequest: options.findIncomingRequest,
        maxResponseBytes,
      })
    : send({
        subgraph,
        maxResponseBytes,
        maxRetryAfterMs,
        headers,
        instances,
        reuseSocketsForMutations,
      });

  const fetchOnce = chain(
    logFailures(subgraph, log),
    maskErrors({ log, exposedCodes: isMasking ? traffic.exposedErrorCodes : 'all' }),
    retry(traffic.retry),
    hedge(subgraph, traffic.hedge),
    circuitBreaker({ subgraph, settings: traffic.breaker, callerKey, log }),
    bulkhead(subgraph, traffic.bulkhead),
  )(innermost);

  return deduplicate(deadline(subgraph, fetchOnce), {
    subgraph,
    timeoutMs,
    callerKey: traffic.shareInFlight ? callerKey : undefined,
  });
}
