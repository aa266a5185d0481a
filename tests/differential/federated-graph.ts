import { Supergraph } from '@apollo/federation-internals';
import type { Engine } from '@trellis/gateway/engine';
import { createTrellisEngine } from '@trellis/gateway/trellis-engine';
import { execute, parse, type GraphQLSchema } from 'graphql';
import {
  askEngine,
  coerceVariables,
  composeSubgraphs,
  createSubgraphFetch,
} from './ask-federated.ts';
import type { GraphSpec } from './graph-spec.ts';
import { makeMonolith } from './make-monolith.ts';
import { makeSubgraphs, type CutSubgraph } from './make-subgraphs.ts';
import type { Operation } from './operation-spec.ts';
import { readOutcome, type Outcome, type Result } from './outcome.ts';
import { measure } from './stopwatch.ts';

/** An operation that takes longer is a failure, whatever it answers in the end. */
const maxOperationMs = 20_000;

/** How the engine works while it is compared. */
export interface Mode {
  /** How many operations are asked at the same time. */
  readonly concurrency: number;
  readonly batchEntities: boolean;
  readonly mergeFetches: boolean;
}

/** A graph whole and in parts, and the engine over the parts. */
export class FederatedGraph {
  readonly monolith: GraphQLSchema;
  readonly subgraphs: readonly CutSubgraph[];
  readonly engine: Engine;

  constructor(graph: GraphSpec, mode: Mode) {
    this.monolith = measure('build', () => makeMonolith(graph));
    this.subgraphs = measure('build', () => makeSubgraphs(graph));
    const sdl = measure('compose', () => composeSubgraphs(this.subgraphs));
    const apiSchema = measure('compose', () =>
      Supergraph.build(sdl).apiSchema().toGraphQLJSSchema(),
    );
    this.engine = createTrellisEngine({
      sdl,
      apiSchema,
      options: {
        batchEntities: mode.batchEntities,
        mergeFetches: mode.mergeFetches,
        // Starting a thread per graph would cost more than all planning.
        planning: { workerThreshold: Infinity },
        overrideLabel: (_label, { id }) => Number(id) % 2 === 0,
      },
    });
  }

  /** What graphql-js answers from the whole graph. */
  async askMonolith({ text, variables }: Operation): Promise<Outcome> {
    const result = await measure('monolith', () =>
      execute({
        schema: this.monolith,
        document: parse(text),
        variableValues: variables,
        contextValue: { entries: [] },
      }),
    );
    return readOutcome(JSON.parse(JSON.stringify(result)) as Result);
  }

  /**
   * What the engine answers from the parts.
   * @param failing the number of the subgraph request that finds nobody; -1 for none
   * @throws Error when it takes too long, or a subgraph would refuse what it is asked
   */
  async askEngine(operation: Operation, failing = -1): Promise<Outcome> {
    let invalid: Error | undefined;
    const fetch = createSubgraphFetch(this.subgraphs, {
      journal: { entries: [] },
      failing,
      onInvalid: (problem) => (invalid ??= problem),
    });
    const startMs = performance.now();
    const body = await within(
      askEngine(this.engine, coerceVariables(this.monolith, operation), fetch),
    );
    const tookMs = performance.now() - startMs;
    if (tookMs > maxOperationMs) throw tooSlow();
    if (invalid) throw invalid;
    return readOutcome(JSON.parse(body) as Result);
  }

  async close(): Promise<void> {
    await this.engine.close?.();
  }
}

function tooSlow(): Error {
  return new Error(`The engine did not answer within ${maxOperationMs} ms.`);
}

async function within<Value>(answer: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(tooSlow()), maxOperationMs);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
