import type { BoundedFetch, BoundedFetchLayer, FetchContext } from './fetch-context.ts';
import { FetchFailure } from './fetch-failure.ts';
import { forkContext, type ForkedContext } from './fork-context.ts';
import type { Traffic } from './options.ts';
import { createRetryBudget } from './retry-budget.ts';
import type { SubgraphRequest, SubgraphResponse } from './subgraph-fetch.ts';

/**
 * Sends a query a second time when the first has no answer after `afterMs`, and takes whichever answers first: cuts the
 * slowest answers of a subgraph with several instances, for a few percent more requests. Off unless set; never for
 * mutations.
 */
export function hedge(subgraph: string, settings: Traffic['hedge']): BoundedFetchLayer {
  if (!settings) return (next) => next;
  const budget = createRetryBudget(settings.maxPercent);
  return (next) =>
    function fetchHedged(request, context) {
      if (request.kind !== 'query') return next(request, context);
      budget.deposit();
      const { afterMs } = settings;
      return race({ next, request, context, afterMs, subgraph, mayHedge: () => budget.withdraw() });
    };
}

interface Race {
  readonly next: BoundedFetch;
  readonly request: SubgraphRequest;
  readonly context: FetchContext;
  readonly afterMs: number;
  readonly subgraph: string;
  readonly mayHedge: () => boolean;
}

/** Resolves with the first answer; rejects only when nothing is under way any more. */
function race({
  next,
  request,
  context,
  afterMs,
  subgraph,
  mayHedge,
}: Race): Promise<SubgraphResponse> {
  return new Promise((resolve, reject) => {
    const running = new Set<ForkedContext>();
    const start = (): void => {
      const fork = forkContext(context);
      running.add(fork);
      next(request, fork).then(
        (response) => {
          running.delete(fork);
          fork.release();
          end();
          context.receivedBytes = fork.receivedBytes;
          resolve(response);
        },
        (error: unknown) => {
          running.delete(fork);
          fork.release();
          if (running.size > 0) return;
          clearTimeout(timer);
          reject(error as Error);
        },
      );
    };
    const timer = setTimeout(() => {
      if (running.size > 0 && mayHedge()) start();
    }, afterMs).unref();
    const end = (): void => {
      clearTimeout(timer);
      for (const loser of running) loser.stop(lost(subgraph));
    };
    start();
  });
}

function lost(subgraph: string): FetchFailure {
  return new FetchFailure('DEADLINE_EXCEEDED', subgraph, {
    detail: 'the other of two hedged requests answered first',
    blame: 'caller',
  });
}
