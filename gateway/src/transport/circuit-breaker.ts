import type { Logger } from '@trellis/platform/log';
import { LRUCache } from 'lru-cache';
import { announce } from '../channels.ts';
import type { RequestContext } from '../request.ts';
import { Circuit, type CircuitState } from './circuit.ts';
import type { BoundedFetch, BoundedFetchLayer, FetchContext, Settle } from './fetch-context.ts';
import { FetchFailure } from './fetch-failure.ts';
import { createFieldPaths } from './field-paths.ts';
import type { Traffic } from './options.ts';
import type { SubgraphRequest, SubgraphResponse } from './subgraph-fetch.ts';

/** Breakers per set of fields are kept for this many sets. */
const maxCircuits = 1_000;
/** Size of the last good answers of one subgraph, as they came over the wire. */
const maxLastGoodBytes = 64 * 1024 * 1024;

export interface BreakerOptions {
  readonly subgraph: string;
  readonly settings: Traffic['breaker'];
  /** Tells callers apart whose answers differ; undefined when that cannot be known, and no answer may be kept. */
  readonly callerKey: ((caller: RequestContext) => string) | undefined;
  /** Names the subgraph already. */
  readonly log: Logger;
}

const nullAnswer: SubgraphResponse = Object.freeze({
  data: null,
  errors: undefined,
  extensions: undefined,
});

/**
 * Stops sending to a subgraph that fails: callers get an error, or the declared fallback, at once instead of after a
 * timeout, and the subgraph gets the quiet it needs to come back.
 */
export function circuitBreaker(options: BreakerOptions): BoundedFetchLayer {
  const { settings } = options;
  if (!settings.isEnabled) return (next) => next;
  const circuitFor = createCircuits(options);
  const fallback = createFallback(options);
  return (next) =>
    function fetchUnlessOpen(request, context, settle) {
      const finish = circuitFor(request).enter();
      if (!finish) {
        fallback.answer(request, context, settle);
        return;
      }
      next(request, context, (response, reason) => {
        if (response) {
          finish('success');
          fallback.keep(request, context, response);
        } else {
          const isFailure = reason instanceof FetchFailure && reason.blame === 'subgraph';
          finish(isFailure ? 'failure' : 'neutral');
        }
        settle(response, reason);
      });
    };
}

function createCircuits({
  subgraph,
  settings,
  log,
}: BreakerOptions): (request: SubgraphRequest) => Circuit {
  const tell = (state: CircuitState): void => {
    announce({ event: 'breaker', subgraph, state });
    if (state === 'open') log.warn('the circuit breaker has opened: nothing is sent for a while');
    if (state === 'closed') log.info('the circuit breaker has closed: the subgraph answers again');
  };
  const create = (): Circuit => new Circuit(settings, undefined, tell);
  if (settings.scope === 'subgraph') {
    const circuit = create();
    return () => circuit;
  }
  const byFields = new LRUCache<string, Circuit>({ max: maxCircuits });
  const pathsOf = createFieldPaths();
  return (request) => {
    const key = pathsOf(request);
    let circuit = byFields.get(key);
    if (!circuit) byFields.set(key, (circuit = create()));
    return circuit;
  };
}

interface Fallback {
  keep(request: SubgraphRequest, context: FetchContext, response: SubgraphResponse): void;
  readonly answer: BoundedFetch;
}

function createFallback({ subgraph, settings, callerKey }: BreakerOptions): Fallback {
  const refuse: BoundedFetch = (_request, _context, settle) => {
    const facts = { detail: 'the circuit breaker is open', blame: 'gateway' } as const;
    settle(undefined, new FetchFailure('SUBGRAPH_UNAVAILABLE', subgraph, facts));
  };
  const answerFrom =
    (find: (request: SubgraphRequest, context: FetchContext) => SubgraphResponse | undefined) =>
    (request: SubgraphRequest, context: FetchContext, settle: Settle): void => {
      const found = request.kind === 'query' ? find(request, context) : undefined;
      if (found) settle(found, undefined);
      else refuse(request, context, settle);
    };
  if (settings.fallback === 'null') {
    return { keep: () => undefined, answer: answerFrom(() => nullAnswer) };
  }
  if (settings.fallback === 'error' || !callerKey) return { keep: () => undefined, answer: refuse };
  const lastGood = new LRUCache<string, SubgraphResponse>({
    maxSize: maxLastGoodBytes,
    ttl: settings.maxFallbackAgeMs,
  });
  const key = (request: SubgraphRequest, context: FetchContext): string =>
    `${request.body}\n${callerKey(context)}`;
  return {
    keep(request, context, response) {
      if (request.kind !== 'query' || response.errors) return;
      lastGood.set(key(request, context), response, { size: context.receivedBytes + 1 });
    },
    answer: answerFrom((request, context) => lastGood.get(key(request, context))),
  };
}
