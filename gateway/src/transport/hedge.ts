import type { FetchContext } from './fetch-context.ts';
import { FetchFailure } from './fetch-failure.ts';
import { Fork } from './fork.ts';
import { Layer } from './layer.ts';
import type { Traffic } from './options.ts';
import { createRetryBudget, type RetryBudget } from './retry-budget.ts';
import type { SubgraphResponse } from './subgraph-fetch.ts';

type HedgeSettings = NonNullable<Traffic['hedge']>;

/**
 * Sends a query a second time when the first has no answer after `afterMs`, and takes whichever answers first: cuts the
 * slowest answers of a subgraph with several instances, for a few percent more requests. Off unless set; never for
 * mutations.
 */
export class Hedge extends Layer {
  readonly #subgraph: string;
  readonly #afterMs: number;
  readonly #budget: RetryBudget;

  constructor(subgraph: string, settings: HedgeSettings) {
    super();
    this.#subgraph = subgraph;
    this.#afterMs = settings.afterMs;
    this.#budget = createRetryBudget(settings.maxPercent);
  }

  send(fetch: FetchContext): void {
    if (fetch.request.kind !== 'query') {
      this.inner.send(fetch);
      return;
    }
    this.#budget.deposit();
    this.#race(fetch);
  }

  settle(fetch: FetchContext, response: SubgraphResponse | undefined, reason: unknown): void {
    if (fetch instanceof Fork) fetch.settle(response, reason);
    else this.outer.settle(fetch, response, reason);
  }

  /** Settles with the first answer; without one only when nothing is under way any more. */
  #race(fetch: FetchContext): void {
    const running = new Set<Fork>();
    let isOver = false;
    const stopAll = (reason: FetchFailure): void => {
      for (const fork of running) fork.stop(reason);
    };
    const start = (): void => {
      const fork = new Fork(fetch, (ended, response, reason) => {
        running.delete(ended);
        if (isOver || (!response && running.size > 0)) return;
        isOver = true;
        clearTimeout(timer);
        fetch.holder = undefined;
        stopAll(lost(this.#subgraph));
        if (response) fetch.receivedBytes = ended.receivedBytes;
        this.outer.settle(fetch, response, reason);
      });
      running.add(fork);
      this.inner.send(fork);
    };
    const timer = setTimeout(() => {
      if (running.size > 0 && this.#budget.withdraw()) start();
    }, this.#afterMs).unref();
    fetch.holder = { stop: stopAll };
    start();
  }
}

function lost(subgraph: string): FetchFailure {
  return new FetchFailure('DEADLINE_EXCEEDED', subgraph, {
    detail: 'the other of two hedged requests answered first',
    blame: 'caller',
  });
}
