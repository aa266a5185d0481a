import type { BoundedFetchLayer, FetchContext } from './fetch-context.ts';
import { FetchFailure } from './fetch-failure.ts';
import type { Traffic } from './options.ts';

/**
 * Bounds how many fetches to one subgraph are under way and how many wait, so that a slow one takes a known amount of
 * sockets and memory and nothing from the others. First come, first served; who leaves the queue costs nothing.
 */
export function bulkhead(subgraph: string, settings: Traffic['bulkhead']): BoundedFetchLayer {
  const { maxConcurrent, maxQueued } = settings;
  const queue = new Set<() => void>();
  let running = 0;

  function release(): void {
    running -= 1;
    for (const admit of queue) {
      queue.delete(admit);
      admit();
      return;
    }
  }

  function wait(context: FetchContext): Promise<void> {
    return new Promise((resolve, reject) => {
      const admit = (): void => {
        forget();
        running += 1;
        resolve();
      };
      queue.add(admit);
      const forget = context.whenStopped((reason) => {
        queue.delete(admit);
        reject(reason);
      });
    });
  }

  return (next) =>
    async function fetchWithinBounds(request, context) {
      if (running < maxConcurrent) running += 1;
      else if (queue.size < maxQueued) await wait(context);
      else {
        throw new FetchFailure('SUBGRAPH_UNAVAILABLE', subgraph, {
          message: 'A subgraph has more requests waiting than it can take. Try again.',
          detail: `${running} fetches under way and ${queue.size} waiting`,
          blame: 'gateway',
        });
      }
      try {
        return await next(request, context);
      } finally {
        release();
      }
    };
}
