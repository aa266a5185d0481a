import { namesRequired, partOfStep, topFields } from './part-of-step.ts';
import type { FetchStep, Plan, RequiredSelection } from './plan.ts';
import { splitSteps } from './split-steps.ts';
import type { PlannerSupergraph } from './supergraph-for-planner.ts';

/**
 * One representation cannot carry `price` in two currencies. Where two fields of one entity fetch require the same field
 * with different arguments, the fetch is split so that each part carries what its own fields require.
 */
export function splitConflictingRequires(plan: Plan, planned: PlannerSupergraph): Plan {
  if (!plan.steps.some((step) => conflictsOf(step.requires, planned).length > 0)) return plan;
  return splitSteps(plan, (step) => splitStep(step, planned));
}

interface Told {
  readonly name: string;
  /** The object type it is told of; empty for interfaces, which objects of several types are. */
  readonly on: string;
}

/** Names in the data that would be written under one name for one object, in groups of at least two. */
function conflictsOf(
  requires: readonly RequiredSelection[] | undefined,
  { supergraph: { schema } }: PlannerSupergraph,
): string[][] {
  const bySubgraphName = new Map<string, Told[]>();
  const visitLevel = (
    selections: readonly RequiredSelection[],
    { prefix, on }: { readonly prefix: string; readonly on: string },
  ): void => {
    for (const selection of selections) {
      if (selection.kind === 'fragment') {
        const type = selection.on === undefined ? undefined : schema.type(selection.on);
        const inner = type?.kind === 'ObjectType' ? type.name : on;
        visitLevel(selection.selections, { prefix, on: inner });
      } else {
        const key = `${prefix}.${selection.writtenAs}`;
        const known = bySubgraphName.get(key) ?? [];
        bySubgraphName.set(key, [...known, { name: selection.name, on }]);
        const below = { prefix: `${key} of ${on}`, on: '' };
        if (selection.selections) visitLevel(selection.selections, below);
      }
    }
  };
  visitLevel(requires ?? [], { prefix: '', on: '' });
  return [...bySubgraphName.values()].flatMap((told) => {
    const contested = told.filter((one) =>
      told.some(
        (other) =>
          other.name !== one.name && (other.on === one.on || other.on === '' || one.on === ''),
      ),
    );
    return contested.length > 0 ? [[...new Set(contested.map(({ name }) => name))]] : [];
  });
}

function splitStep(step: FetchStep, planned: PlannerSupergraph): FetchStep[] {
  const conflicts = conflictsOf(step.requires, planned);
  if (conflicts.length === 0) return [step];
  const contested = new Set(conflicts.flat());
  const needsOf = namesRequired(step.subgraph, contested, planned);
  const fieldsByNeeds = new Map<string, Set<string>>();
  for (const field of topFields(step)) {
    const needs = [...needsOf(field)].sort().join(' ');
    const fields = fieldsByNeeds.get(needs) ?? new Set();
    fieldsByNeeds.set(needs, fields.add(field.dataName));
  }
  return [...fieldsByNeeds].map(([needs, fields]) => {
    const dropped = new Set([...contested].filter((name) => !needs.split(' ').includes(name)));
    return partOfStep(step, fields, dropped);
  });
}
