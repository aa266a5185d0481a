import { stateChannel, type StateReport } from '../channels.ts';
import type { BoundedFetchLayer, FetchContext } from './fetch-context.ts';
import { FetchFailure } from './fetch-failure.ts';
import type { Traffic } from './options.ts';

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

  function wait(context: FetchContext): Promise<void> {
    return new Promise((resolve, reject) => {
      const admit = (): void => {
        forget();
        load.queued -= 1;
        enter();
        resolve();
      };
      queue.add(admit);
      load.queued += 1;
      const forget = context.whenStopped((reason) => {
        if (queue.delete(admit)) load.queued -= 1;
        reject(reason);
      });
    });
  }

  return (next) =>
    async function fetchWithinBounds(request, context) {
      if (running < maxConcurrent) enter();
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
