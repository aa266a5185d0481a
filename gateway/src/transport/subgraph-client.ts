import type { GraphQLDataSource } from '@apollo/gateway';
import type { SignIdentity } from '@trellis/platform/identity';
import type { Logger } from '@trellis/platform/log';
import { Bulkhead } from './bulkhead.ts';
import { CircuitBreaker } from './circuit-breaker.ts';
import { Landing } from './deadline.ts';
import { deduplicate } from './deduplicate.ts';
import { balance } from './discover/balance.ts';
import { createHeaderWriter } from './headers.ts';
import type { Instance } from './instance.ts';
import { LogFailures } from './log-failures.ts';
import { MaskErrors } from './mask-errors.ts';
import type { Traffic } from './options.ts';
import { Retry } from './retry.ts';
import { Send } from './send.ts';
import { AskDataSource, type FindIncomingRequest } from './data-source.ts';
import { Hedge } from './hedge.ts';
import { Layer } from './layer.ts';
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
  const callers = dataSource ? undefined : headers.callers;
  const { breaker, exposedErrorCodes: exposedCodes } = traffic;
  const innermost = dataSource
    ? new AskDataSource({
        subgraph,
        dataSource,
        headers,
        findIncomingRequest: options.findIncomingRequest,
        maxResponseBytes,
      })
    : new Send({
        subgraph,
        maxResponseBytes,
        maxRetryAfterMs,
        headers,
        instances: balance(options.instances),
        reuseSocketsForMutations,
      });

  const layers = Layer.chain(
    new Landing(),
    new LogFailures(subgraph, log),
    isMasking && exposedCodes !== 'all' ? new MaskErrors({ log, exposedCodes }) : undefined,
    traffic.retry.attempts > 0 ? new Retry(traffic.retry) : undefined,
    traffic.hedge && new Hedge(subgraph, traffic.hedge),
    breaker.isEnabled
      ? new CircuitBreaker({ subgraph, settings: breaker, callerKey, log })
      : undefined,
    new Bulkhead(subgraph, traffic.bulkhead),
    innermost,
  );

  return deduplicate(layers, {
    subgraph,
    timeoutMs,
    callers: traffic.shareInFlight ? callers : undefined,
  });
}
