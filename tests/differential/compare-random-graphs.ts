import { afterAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compareGraph } from './compare-graph.ts';
import { graphSpecs } from './graph-spec.ts';
import { operationSpecs } from './operation-spec.ts';
import { printTotals } from './stopwatch.ts';

/** Operations in all; `DIFFERENTIAL_OPERATIONS=100000 npm run jest -- tests/differential` for any other number. */
const defaultCount = process.env['CI'] ? 10_000 : 1_000;
const operationCount = Number(process.env['DIFFERENTIAL_OPERATIONS'] ?? defaultCount);
/** Most operations have variables, and are asked with two sets of them. */
const textsPerGraph = 50;
const operationsPerGraph = 80;
/** How long a failing case may be made smaller: what was found until then is shown. */
const maxShrinkMs = 60_000;
const jestTimeoutMs = 3_600_000;

const modes = fc.record({
  concurrency: fc.constantFrom(1, 1, 3, 10),
  batchEntities: fc.boolean(),
  mergeFetches: fc.boolean(),
});

/** The same cases in every run of CI: a change is judged by what it changes. Other seeds are tried by command. */
const defaultSeed = 20_261_122;

/**
 * Declares the test for one of several equal shares of the operations: Jest runs files side by side.
 * @param share 0 for the first
 */
export function compareRandomGraphs(share: number, shares: number): void {
  const given = process.env['DIFFERENTIAL_SEED'];
  // A seed that was printed says which share it came from by itself: both shares try it.
  const seed = given === undefined ? defaultSeed + share : Number(given);
  const wanted = operationCount / shares;

  describe(`random graphs, data and operations (seed ${seed})`, () => {
    let compared = 0;
    let failedAtMs: number | undefined;
    const startMs = performance.now();
    afterAll(() => {
      const seconds = ((performance.now() - startMs) / 1_000).toFixed(1);
      process.stdout.write(
        `seed ${seed}: ${compared} operations in ${seconds} s (${printTotals()})\n`,
      );
    });

    test(
      'are answered as the monolith answers them',
      async () => {
        const specs = fc.array(operationSpecs, {
          minLength: textsPerGraph / 2,
          maxLength: (textsPerGraph * 3) / 2,
          size: 'max',
        });
        const property = fc.asyncProperty(specs, graphSpecs, modes, async (some, graph, mode) => {
          if (failedAtMs !== undefined && performance.now() - failedAtMs > maxShrinkMs) return;
          try {
            compared += await compareGraph(graph, some, mode);
          } catch (error) {
            failedAtMs ??= performance.now();
            throw error;
          }
        });
        const numRuns = Math.ceil(wanted / operationsPerGraph);
        await fc.assert(property, { seed, numRuns, reporter: reportFailure });
        expect(compared).toBeGreaterThanOrEqual(wanted * 0.7);
      },
      jestTimeoutMs,
    );
  });
}

/** Says what a person needs: the seed, and the smallest case that was found. */
function reportFailure<Values>(run: fc.RunDetails<Values>): void {
  if (!run.failed) return;
  const cause = run.errorInstance instanceof Error ? run.errorInstance.message : 'unknown';
  throw new Error(
    `DIFFERENTIAL_SEED=${run.seed} after ${run.numRuns} graphs, shrunk ${run.numShrinks} times\n${cause}`,
  );
}
