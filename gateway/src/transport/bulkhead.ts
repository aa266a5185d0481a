import { stateChannel, type StateReport } from '../state.ts';
import type { FetchContext } from './fetch-context.ts';
import { FetchFailure } from './fetch-failure.ts';
import { Layer } from './layer.ts';
import type { Traffic } from './options.ts';
import type { SubgraphResponse } from './subgraph-fetch.ts';

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
export class Bulkhead extends Layer {
  readonly #subgraph: string;
  readonly #settings: Traffic['bulkhead'];
  readonly #load: Load;
  readonly #queue = new Set<FetchContext>();
  #running = 0;

  constructor(subgraph: string, settings: Traffic['bulkhead']) {
    super();
    this.#subgraph = subgraph;
    this.#settings = settings;
    this.#load = loadOf(subgraph);
  }

  send(fetch: FetchContext): void {
    const { maxConcurrent, maxQueued } = this.#settings;
    if (this.#running < maxConcurrent) {
      this.#enter();
      this.inner.send(fetch);
    } else if (this.#queue.size < maxQueued) {
      this.#wait(fetch);
    } else {
      const failure = new FetchFailure('SUBGRAPH_UNAVAILABLE', this.#subgraph, {
        message: 'A subgraph has more requests waiting than it can take. Try again.',
        detail: `${this.#running} fetches under way and ${this.#queue.size} waiting`,
        blame: 'gateway',
      });
      this.outer.settle(fetch, undefined, failure);
    }
  }

  settle(fetch: FetchContext, response: SubgraphResponse | undefined, reason: unknown): void {
    this.#running -= 1;
    this.#load.running -= 1;
    if (this.#queue.size > 0) this.#admitNext();
    this.outer.settle(fetch, response, reason);
  }

  #enter(): void {
    this.#running += 1;
    this.#load.running += 1;
  }

  #wait(fetch: FetchContext): void {
    this.#queue.add(fetch);
    this.#load.queued += 1;
    fetch.holder = {
      stop: (reason) => {
        this.#leaveQueue(fetch);
        this.outer.settle(fetch, undefined, reason);
      },
    };
  }

  #admitNext(): void {
    for (const fetch of this.#queue) {
      this.#leaveQueue(fetch);
      this.#enter();
      // Later: fetches that fail at once would admit each other deeper and deeper.
      queueMicrotask(() => this.inner.send(fetch));
      return;
    }
  }

  #leaveQueue(fetch: FetchContext): void {
    this.#queue.delete(fetch);
    this.#load.queued -= 1;
    fetch.holder = undefined;
  }
}
