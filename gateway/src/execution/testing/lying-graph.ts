import type { JsonObject, SubgraphResponse } from '../../transport/subgraph-fetch.ts';
import { createLocalGraph, type LocalGraph } from './local-graph.ts';

/** A graph of one subgraph that answers whatever a test says. */
export function createLyingGraph(
  sdl: string,
  data: JsonObject | (() => SubgraphResponse),
): LocalGraph {
  const graph = createLocalGraph({ one: { sdl } });
  graph.intercept = () =>
    Promise.resolve(
      typeof data === 'function' ? data() : { data, errors: undefined, extensions: undefined },
    );
  return graph;
}
