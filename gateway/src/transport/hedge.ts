import type { BoundedFetch, BoundedFetchLayer, FetchContext, Settle } from './fetch-context.ts';
import { FetchFailure } from './fetch-failure.ts';
import { forkContext, type ForkedContext } from './fork-context.ts';
import type { Traffic } from './options.ts';
import { createRetryBudget } from './retry-budget.ts';
import type { SubgraphRequest } from './subgraph-fetch.ts';

/**
 * Sends a query a second time when the first has no answer after `afterMs`, and takes whichever answers first: cuts the
 * slowest answers of a subgraph with several instances, for a few percent more requests. Off unless set; never for
 * mutations.
 */
export function hedge(subgraph: string, settings: Traffic['hedge']): BoundedFetchLayer {
  if (!settings) return (next) => next;
  const budget = createRetryBudget(settings.maxPercent);
  return (next) =>
    function fetchHedged(request, context, settle) {
      if (request.kind !== 'query') {
        next(request, context, settle);
        return;
      }
      budget.deposit();
      const { afterMs } = settings;
      const mayHedge = (): boolean => budget.withdraw();
      race({ next, request, context, settle, afterMs, subgraph, mayHedge });
    };
}

interface Race {
  readonly next: BoundedFetch;
  readonly request: SubgraphRequest;
  readonly context: FetchContext;
  readonly settle: Settle;
  readonly afterMs: number;
  readonly subgraph: string;
  readonly mayHedge: () => boolean;
}

/** Settles with the first answer; without one only when nothing is under way any more. */
function race({ next, request, context, settle, afterMs, subgraph, mayHedge }: Race): void {
  const running = new Set<ForkedContext>();
  let isOver = false;
  const start = (): void => {
    const fork = forkContext(context);
    running.add(fork);
    next(request, fork, (response, reason) => {
      running.delete(fork);
      fork.release();
      if (isOver || (!response && running.size > 0)) return;
      isOver = true;
      clearTimeout(timer);
      for (const loser of running) loser.stop(lost(subgraph));
      if (response) context.receivedBytes = fork.receivedBytes;
      settle(response, reason);
    });
  };
  const timer = setTimeout(() => {
    if (running.size > 0 && mayHedge()) start();
  }, afterMs).unref();
  start();
}

function lost(subgraph: string): FetchFailure {
  return new FetchFailure('DEADLINE_EXCEEDED', subgraph, {
    detail: 'the other of two hedged requests answered first',
    blame: 'caller',
  });
}
