import { afterAll, describe, expect, test } from '@jest/globals';
import { createTrellisEngine } from '@trellis/gateway/trellis-engine';
import { Supergraph } from '@apollo/federation-internals';
import fc from 'fast-check';
import { execute, parse, validate, type GraphQLSchema } from 'graphql';
import { askEngine, composeSubgraphs, createSubgraphFetch } from './ask-federated.ts';
import { graphSpecs, type GraphSpec } from './graph-spec.ts';
import { makeMonolith } from './make-monolith.ts';
import { makeSubgraphs } from './make-subgraphs.ts';
import {
  operationSpecs,
  writeOperation,
  type Operation,
  type OperationSpec,
} from './operation-spec.ts';

/** Operations in all; `DIFFERENTIAL_OPERATIONS=100000 npm run jest -- tests/differential` for any other number. */
const operationCount = Number(process.env['DIFFERENTIAL_OPERATIONS'] ?? 10_000);
const operationsPerGraph = 40;
const seed = Number(process.env['DIFFERENTIAL_SEED'] ?? Date.now() % 1_000_000);

interface Outcome {
  readonly data: unknown;
  /** Where something went wrong, sorted; messages are each side's own. */
  readonly errorPaths: readonly string[];
}

describe(`random graphs, data and operations (seed ${seed})`, () => {
  let compared = 0;
  afterAll(() => {
    process.stdout.write(`compared ${compared} operations\n`);
  });

  test('are answered as the monolith answers them', async () => {
    await fc.assert(
      fc.asyncProperty(
        graphSpecs,
        fc.array(operationSpecs, { minLength: 1, maxLength: 2 * operationsPerGraph, size: 'max' }),
        async (graph, specs) => {
          compared += await compareAll(graph, specs);
        },
      ),
      {
        seed,
        numRuns: Math.ceil(operationCount / operationsPerGraph),
        reporter: reportFailure,
      },
    );
    expect(compared).toBeGreaterThanOrEqual(operationCount * 0.9);
  }, 1_800_000);
});

/** Says what a person needs: the seed, and the smallest case that was found. */
function reportFailure<Values>(run: fc.RunDetails<Values>): void {
  if (!run.failed) return;
  const cause = run.errorInstance instanceof Error ? run.errorInstance.message : 'unknown';
  throw new Error(
    `DIFFERENTIAL_SEED=${run.seed} after ${run.numRuns} graphs, shrunk ${run.numShrinks} times\n${cause}`,
  );
}

async function compareAll(graph: GraphSpec, specs: readonly OperationSpec[]): Promise<number> {
  const monolith = makeMonolith(graph);
  const subgraphs = makeSubgraphs(graph);
  const sdl = composeSubgraphs(subgraphs);
  const apiSchema = Supergraph.build(sdl).apiSchema().toGraphQLJSSchema();
  const engine = createTrellisEngine({ sdl, apiSchema });
  let count = 0;
  try {
    for (const spec of specs) {
      const operation = writeValidOperation(monolith, spec);
      if (!operation) continue;
      count += 1;
      const expected = await askMonolith(monolith, operation);
      const fetch = createSubgraphFetch(subgraphs, { entries: [] });
      const actual = readOutcome(JSON.parse(await askEngine(engine, operation, fetch)) as Result);
      try {
        expect(actual).toEqual(expected);
      } catch (error) {
        throw new Error(describeCase(subgraphs, operation, error as Error), { cause: error });
      }
    }
  } finally {
    await engine.close?.();
  }
  return count;
}

/** Aliases may make fields that cannot be merged; then the same operation goes without them, or not at all. */
function writeValidOperation(schema: GraphQLSchema, spec: OperationSpec): Operation | undefined {
  for (const hasAliases of [true, false]) {
    const operation = writeOperation(schema, spec, { hasAliases });
    if (validate(schema, parse(operation.text)).length === 0) return operation;
  }
  return undefined;
}

interface Result {
  readonly data?: unknown;
  readonly errors?: readonly { readonly path?: readonly (string | number)[] }[];
}

async function askMonolith(
  schema: GraphQLSchema,
  { text, variables }: Operation,
): Promise<Outcome> {
  const result = await execute({
    schema,
    document: parse(text),
    variableValues: variables,
    contextValue: { entries: [] },
  });
  return readOutcome(JSON.parse(JSON.stringify(result)) as Result);
}

function readOutcome({ data, errors = [] }: Result): Outcome {
  const paths = new Set(errors.map(({ path = [] }) => path.join('.')));
  return { data: data ?? null, errorPaths: [...paths].sort() };
}

function describeCase(
  subgraphs: readonly { readonly name: string; readonly sdl: string }[],
  { text, variables }: Operation,
  error: Error,
): string {
  const schemas = subgraphs.map(({ name, sdl }) => `# ${name}\n${sdl}`).join('\n');
  return `${error.message}\n\n${schemas}\n\n${text}\n${JSON.stringify(variables)}`;
}
