import { describe, expect, test } from '@jest/globals';
import { Supergraph } from '@apollo/federation-internals';
import { createApolloEngine } from '@trellis/gateway/apollo-engine';
import fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import {
  askEngine,
  coerceVariables,
  composeSubgraphs,
  createSubgraphFetch,
} from './ask-federated.ts';
import { FederatedGraph } from './federated-graph.ts';
import { graphSpecs, type GraphSpec } from './graph-spec.ts';
import {
  operationSpecs,
  writeOperation,
  type Choice,
  type OperationSpec,
} from './operation-spec.ts';
import { findDifference, readOutcome, type Outcome, type Result } from './outcome.ts';

const graphCount = Number(process.env['STOCK_GRAPHS'] ?? 8);
const seed = Number(process.env['DIFFERENTIAL_SEED'] ?? 777_607);
const jestTimeoutMs = 3_600_000;

describe(`engine: apollo (seed ${seed})`, () => {
  test(
    'answers what the engine answers, wherever stock is right',
    async () => {
      const tally = { compared: 0, agreed: 0 };
      const specs = fc.array(operationSpecs, { minLength: 20, maxLength: 20, size: 'max' });
      const property = fc.asyncProperty(specs, graphSpecs, async (some, graph) => {
        await compare(graph, some.map(withoutStockFaults), tally);
      });
      await fc.assert(property, { seed, numRuns: graphCount, endOnFailure: true });
      process.stdout.write(`seed ${seed}: ${JSON.stringify(tally)}\n`);
      expect(tally.compared).toBe(graphCount * 20);
      // Known faults are kept out of graphs and operations; of what is left stock gets few wrong.
      expect(tally.agreed / tally.compared).toBeGreaterThan(0.75);
    },
    jestTimeoutMs,
  );
});

interface Tally {
  compared: number;
  agreed: number;
}

async function compare(
  spec: GraphSpec,
  operations: readonly OperationSpec[],
  tally: Tally,
): Promise<void> {
  const graph = withoutStockFaultsInGraph(spec);
  const mode = { concurrency: 1, batchEntities: true, mergeFetches: true };
  const federated = new FederatedGraph(graph, mode);
  const sdl = composeSubgraphs(federated.subgraphs);
  const apiSchema = Supergraph.build(sdl).apiSchema().toGraphQLJSSchema();
  const stock = await createApolloEngine({ sdl, apiSchema });
  try {
    for (const operation of operations.map((each) => writeOperation(federated.monolith, each))) {
      const expected = await federated.askMonolith(operation);
      const ours = await federated.askEngine(operation);
      const fetch = createSubgraphFetch(federated.subgraphs, {
        journal: { entries: [] },
        failing: -1,
      });
      const stocks = readOutcome(
        JSON.parse(
          await askEngine(stock, coerceVariables(federated.monolith, operation), fetch),
        ) as Result,
      );
      tally.compared += 1;
      const fault = findDifference(expected, ours);
      if (fault !== undefined) throw new Error(`${fault}\n${operation.text}`);
      if (isSameData(stocks, ours)) tally.agreed += 1;
    }
  } finally {
    await federated.close();
    await stock.close?.();
  }
}

/** Which errors stock reports is its own affair: it keeps those of null values to itself. */
function isSameData(one: Outcome, other: Outcome): boolean {
  return isDeepStrictEqual(one.data, other.data);
}

/** A client's alias may take the place of what stock's planner adds for itself. */
function withoutStockFaults(spec: OperationSpec): OperationSpec {
  const plain = (choice: Choice): Choice => ({
    ...choice,
    alias: 19,
    directive: [3, 4].includes(choice.directive) ? choice.directive : 19,
    below: choice.below.map(plain),
  });
  return { ...spec, fields: spec.fields.map(plain) };
}

/** Stock merges `field(args)` of `@requires` with the client's, and never asks the new owner of a gradual `@override`. */
function withoutStockFaultsInGraph(graph: GraphSpec): GraphSpec {
  const entities = graph.entities.map((entity) => ({
    ...entity,
    leaves: entity.leaves.map((leaf) => ({
      ...leaf,
      requires: leaf.requires.filter(({ x }) => x === undefined),
      movedFrom: leaf.movedFrom?.isGradual ? undefined : leaf.movedFrom,
    })),
  }));
  return { ...graph, entities };
}
