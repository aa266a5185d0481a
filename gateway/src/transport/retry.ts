import type { FetchContext } from './fetch-context.ts';
import { FetchFailure } from './fetch-failure.ts';
import { Layer } from './layer.ts';
import type { Traffic } from './options.ts';
import { createRetryBudget, type RetryBudget } from './retry-budget.ts';
import type { SubgraphRequest, SubgraphResponse } from './subgraph-fetch.ts';

/**
 * A fetch that may be sent twice. Only `asRepeatable` makes one, and only of a query, so no code path can repeat a
 * mutation: it does not compile.
 */
type RepeatableFetch = FetchContext & {
  readonly request: SubgraphRequest & { readonly kind: 'query' };
  readonly [isRepeatable]: true;
};
declare const isRepeatable: unique symbol;

function asRepeatable(fetch: FetchContext): RepeatableFetch | undefined {
  return fetch.request.kind === 'query' ? (fetch as RepeatableFetch) : undefined;
}

/**
 * Sends a query again when nothing of an answer was received: after a random pause (full jitter), on a new socket, to
 * another instance where there is one, within the time and the budget. A Retry-After that fits into the time is kept to.
 */
export class Retry extends Layer {
  readonly #settings: Traffic['retry'];
  readonly #random: () => number;
  readonly #budget: RetryBudget;

  constructor(settings: Traffic['retry'], random: () => number = Math.random) {
    super();
    this.#settings = settings;
    this.#random = random;
    this.#budget = createRetryBudget(settings.budgetPercent);
  }

  send(fetch: FetchContext): void {
    if (fetch.request.kind === 'query') this.#budget.deposit();
    this.inner.send(fetch);
  }

  settle(fetch: FetchContext, response: SubgraphResponse | undefined, reason: unknown): void {
    const repeatable = response ? undefined : asRepeatable(fetch);
    const pauseMs = repeatable && this.#pauseBefore(repeatable, reason);
    if (repeatable && pauseMs !== undefined) this.#sendAgain(repeatable, pauseMs);
    else this.outer.settle(fetch, response, reason);
  }

  /** @returns how long to wait before the next try; undefined when there must be none. What is returned is paid for */
  #pauseBefore(fetch: RepeatableFetch, reason: unknown): number | undefined {
    if (!(reason instanceof FetchFailure) || !reason.isRetryable) return undefined;
    const { attempts, backoffMs, maxBackoffMs } = this.#settings;
    if (fetch.attempt >= attempts || fetch.stopReason) return undefined;
    const jitterMs = this.#random() * Math.min(maxBackoffMs, backoffMs * 2 ** fetch.attempt);
    const pauseMs = (reason.retryAfterMs ?? 0) + jitterMs;
    // Half of the time left at least must remain for the try itself.
    const isInTime = pauseMs <= fetch.deadline.remainingMs() / 2;
    return isInTime && this.#budget.withdraw() ? pauseMs : undefined;
  }

  #sendAgain(fetch: RepeatableFetch, pauseMs: number): void {
    const timer = setTimeout(() => {
      fetch.holder = undefined;
      fetch.attempt += 1;
      this.inner.send(fetch);
    }, pauseMs).unref();
    fetch.holder = {
      stop: (stopReason) => {
        clearTimeout(timer);
        fetch.holder = undefined;
        this.outer.settle(fetch, undefined, stopReason);
      },
    };
  }
}
