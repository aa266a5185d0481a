import { GatewayError } from '../errors.ts';
import { createInternalNames, findPrefix } from '../planning/internal-names.ts';
import { createPlanMaker } from '../planning/make-plan.ts';
import { documentOf, plannerOperation, splitRootFields } from '../planning/planner-operation.ts';
import { supergraphForPlanner } from '../planning/supergraph-for-planner.ts';
import { print } from 'graphql';
import type { PermittedOperation } from '../request.ts';
import { compilePlan, type CompiledPlan } from './compile-plan.ts';
import type { Engine, Executable } from './engine.ts';
import type { TrellisEngineInput } from './engine-options.ts';
import { fetchEntities } from './entity-request.ts';
import { execute } from './execute.ts';
import { Run } from './run.ts';
import { readTypeRelations } from './type-relations.ts';

/**
 * Creates our engine over one supergraph: plans by @apollo/query-planner, compiled and run by ourselves.
 * @throws GatewayError when the supergraph cannot be served
 */
export function createTrellisEngine({ sdl, apiSchema, options = {} }: TrellisEngineInput): Engine {
  const planned = supergraphForPlanner(sdl, {
    enforcesAccessDirectives: options.enforcesAccessDirectives ?? false,
  });
  const makePlan = createPlanMaker(planned);
  const types = readTypeRelations(planned.sdl);
  const prefix = findPrefix(apiSchema);
  const cache = new Map<string, Executable>();

  function compile(permitted: PermittedOperation): CompiledPlan {
    const names = createInternalNames(prefix);
    const { selections } = plannerOperation(permitted, names);
    const roots =
      permitted.prepared.kind === 'mutation'
        ? splitRootFields(selections).map((each) => [each])
        : [selections];
    const operations = roots
      .filter((each) => each.length > 0)
      .map((each) => print(documentOf(permitted, each)));
    const plan = makePlan({ operations, overrides: [] });
    return compilePlan({
      permitted,
      plan,
      names,
      apiSchema,
      types,
      mergeFetches: options.mergeFetches ?? true,
      fetchEntities,
    });
  }

  return {
    plan(permitted) {
      const key = `${permitted.prepared.hash}|${permitted.removed.join(' ')}`;
      const known = cache.get(key);
      if (known) return known;
      let compiled: CompiledPlan;
      try {
        compiled = compile(permitted);
      } catch (cause) {
        if (cause instanceof GatewayError) throw cause;
        throw new GatewayError(
          'INTERNAL_SERVER_ERROR',
          `The operation has no plan: ${String(cause)}`,
          { cause },
        );
      }
      const executable: Executable = {
        execute: (variables, context, fetch, trace) =>
          execute(
            compiled,
            new Run({
              removed: permitted.removed,
              variables,
              context,
              fetch,
              trace,
              steps: compiled.plan.steps.length,
            }),
          ),
      };
      cache.set(key, executable);
      return executable;
    },
  };
}
