import { stateChannel, type StateReport } from '../state.ts';
import type { GatewayState } from '../state.ts';

/** The supergraph that is served. */
export interface ServedGraph {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly servedSinceMs: number;
  readonly subgraphs: readonly string[];
  readonly planCache: { readonly entries: number; readonly bytes: number } | undefined;
}

/** What the parts told. */
export interface CollectedState {
  readonly bulkheads: { subgraph: string; running: number; queued: number }[];
  readonly caches: { cache: string; entries: number; bytes: number }[];
  readonly numbers: Partial<GatewayState>;
}

/** Asks every part that has something to tell. */
export function collectState(): CollectedState {
  const collected: CollectedState = { bulkheads: [], caches: [], numbers: {} };
  const report: StateReport = {
    bulkhead: (subgraph, running, queued) =>
      collected.bulkheads.push({ subgraph, running, queued }),
    cache: (cache, entries, bytes) => collected.caches.push({ cache, entries, bytes }),
    numbers: (numbers) => Object.assign(collected.numbers, numbers),
  };
  stateChannel.publish(report);
  return collected;
}
