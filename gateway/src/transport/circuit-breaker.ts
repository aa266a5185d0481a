import type { Logger } from '@trellis/platform/log';
import { LRUCache } from 'lru-cache';
import { announce } from '../channels.ts';
import type { RequestContext } from '../request.ts';
import { Circuit, type CircuitState } from './circuit.ts';
import type { FetchContext } from './fetch-context.ts';
import { FetchFailure } from './fetch-failure.ts';
import { createFieldPaths } from './field-paths.ts';
import { Layer } from './layer.ts';
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
export class CircuitBreaker extends Layer {
  readonly #subgraph: string;
  readonly #circuitFor: (request: SubgraphRequest) => Circuit;
  readonly #fallback: Fallback | undefined;

  constructor(options: BreakerOptions) {
    super();
    this.#subgraph = options.subgraph;
    this.#circuitFor = createCircuits(options);
    this.#fallback = createFallback(options);
  }

  send(fetch: FetchContext): void {
    fetch.finishTry = this.#circuitFor(fetch.request).enter();
    if (fetch.finishTry) this.inner.send(fetch);
    else this.#answer(fetch);
  }

  settle(fetch: FetchContext, response: SubgraphResponse | undefined, reason: unknown): void {
    if (response) {
      fetch.finishTry?.('success');
      this.#fallback?.keep(fetch, response);
    } else {
      const isFailure = reason instanceof FetchFailure && reason.blame === 'subgraph';
      fetch.finishTry?.(isFailure ? 'failure' : 'neutral');
    }
    this.outer.settle(fetch, response, reason);
  }

  #answer(fetch: FetchContext): void {
    const found = fetch.request.kind === 'query' ? this.#fallback?.find(fetch) : undefined;
    if (found) {
      this.outer.settle(fetch, found, undefined);
      return;
    }
    const facts = { detail: 'the circuit breaker is open', blame: 'gateway' } as const;
    const failure = new FetchFailure('SUBGRAPH_UNAVAILABLE', this.#subgraph, facts);
    this.outer.settle(fetch, undefined, failure);
  }
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

/** What queries get while the breaker is open. */
interface Fallback {
  keep(fetch: FetchContext, response: SubgraphResponse): void;
  find(fetch: FetchContext): SubgraphResponse | undefined;
}

/** @returns undefined where the answer is an error */
function createFallback({ settings, callerKey }: BreakerOptions): Fallback | undefined {
  if (settings.fallback === 'null') return { keep: () => undefined, find: () => nullAnswer };
  if (settings.fallback === 'error' || !callerKey) return undefined;
  const lastGood = new LRUCache<string, SubgraphResponse>({
    maxSize: maxLastGoodBytes,
    ttl: settings.maxFallbackAgeMs,
  });
  const keyOf = (fetch: FetchContext): string => `${fetch.request.body}\n${callerKey(fetch)}`;
  return {
    keep(fetch, response) {
      if (fetch.request.kind !== 'query' || response.errors) return;
      lastGood.set(keyOf(fetch), response, { size: fetch.receivedBytes + 1 });
    },
    find: (fetch) => lastGood.get(keyOf(fetch)),
  };
}
