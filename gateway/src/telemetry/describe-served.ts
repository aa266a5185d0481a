import type { RunningParts } from '../create-parts.ts';
import type { ServedGraph } from './collect-state.ts';

/** Describes what is served at this moment; undefined while there is nothing. */
export function describeServed({ supergraph }: RunningParts): ServedGraph | undefined {
  if (!supergraph.isServing()) return undefined;
  const { snapshot, engine } = supergraph.get();
  return {
    id: snapshot.id,
    servedSinceMs: snapshot.builtAtMs,
    subgraphs: [...snapshot.subgraphs.keys()].sort(),
    planCache: engine.cacheSize?.(),
  };
}
