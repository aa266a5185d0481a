import { stateChannel, type StateReport } from '../state.ts';
import type { BoundedFetchLayer, FetchContext, Settle } from './fetch-context.ts';
import { FetchFailure } from './fetch-failure.ts';
import type { Traffic } from './options.ts';
import type { SubgraphRequest } from './subgraph-fetch.ts';

interface Load {
  running: number;
  queued: number;
}

/** By subgraph, all of this process together: what {@link stateChannel} tells. */
const loads = new Map<string, Load>();
stateChannel.subscribe((message) => {
  const report = message as StateReport;
  for (const [subgraph, { running, queued }] of loads) report.bulkhead(subgraph, running, queued);
});

function loadOf(subgraph: string): Load {
  let load = loads.get(subgraph);
  if (!load) loads.set(subgraph, (load = { running: 0, queued: 0 }));
  return load;
}

/**
 * Bounds how many fetches to one subgraph are under way and how many wait, so that a slow one takes a known amount of
 * sockets and memory and nothing from the others. First come, first served; who leaves the queue costs nothing.
 */
export function bulkhead(subgraph: string, settings: Traffic['bulkhead']): BoundedFetchLayer {
  const { maxConcurrent, maxQueued } = settings;
  const queue = new Set<() => void>();
  const load = loadOf(subgraph);
  let running = 0;

  function enter(): void {
    running += 1;
    load.running += 1;
  }

  function release(): void {
    running -= 1;
    load.running -= 1;
    for (const admit of queue) {
      queue.delete(admit);
      admit();
      return;
    }
  }

  function wait(context: FetchContext, start: () => void, settle: Settle): void {
    const admit = (): void => {
      forget();
      load.queued -= 1;
      enter();
      // Later: fetches that fail at once would admit each other deeper and deeper.
      queueMicrotask(start);
    };
    queue.add(admit);
    load.queued += 1;
    const forget = context.whenStopped((reason) => {
      if (queue.delete(admit)) load.queued -= 1;
      settle(undefined, reason);
    });
  }

  return (next) => {
    function start(request: SubgraphRequest, context: FetchContext, settle: Settle): void {
      next(request, context, (response, reason) => {
        release();
        settle(response, reason);
      });
    }
    return function fetchWithinBounds(request, context, settle) {
      if (running < maxConcurrent) {
        enter();
        start(request, context, settle);
      } else if (queue.size < maxQueued) {
        wait(context, () => start(request, context, settle), settle);
      } else {
        const failure = new FetchFailure('SUBGRAPH_UNAVAILABLE', subgraph, {
          message: 'A subgraph has more requests waiting than it can take. Try again.',
          detail: `${running} fetches under way and ${queue.size} waiting`,
          blame: 'gateway',
        });
        settle(undefined, failure);
      }
    };
  };
}
