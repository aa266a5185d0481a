import fc from 'fast-check';
import { compareOperations } from '../compare-graph.ts';
import type { Mode } from '../federated-graph.ts';
import { operationSpecs, writeOperation } from '../operation-spec.ts';
import { writtenArguments } from './write-arguments.ts';
import { WrittenGraph, type WrittenSubgraph } from './written-graph.ts';

const modes: readonly Mode[] = [
  { concurrency: 1, batchEntities: true, mergeFetches: true },
  { concurrency: 4, batchEntities: true, mergeFetches: true },
  { concurrency: 1, batchEntities: false, mergeFetches: false },
];

/**
 * Asks a graph that was written by hand random operations, over random values.
 * @returns how many were compared
 * @throws Error that shows the operation made as small as possible, and both answers
 */
export async function compareWritten(
  subgraphs: readonly WrittenSubgraph[],
  { seed, count }: { readonly seed: number; readonly count: number },
): Promise<number> {
  const specs = fc.sample(operationSpecs, { seed, numRuns: count });
  const perMode = Math.ceil(specs.length / modes.length);
  let compared = 0;
  for (const [at, mode] of modes.entries()) {
    const graph = new WrittenGraph(subgraphs, { seed: seed + at, mode });
    try {
      const operations = specs
        .slice(at * perMode, (at + 1) * perMode)
        .map((spec) => writeOperation(graph.monolith, spec, writtenArguments()));
      compared += await compareOperations(graph, operations, mode);
    } finally {
      await graph.close();
    }
  }
  return compared;
}
