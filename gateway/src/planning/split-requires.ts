import { namesRequired, partOfStep, topFields } from './part-of-step.ts';
import type { FetchStep, Plan, RequiredSelection } from './plan.ts';
import { splitSteps } from './split-steps.ts';
import type { PlannerSupergraph } from './supergraph-for-planner.ts';

/**
 * One representation cannot carry `price` in two currencies. Where two fields of one entity fetch require the same field
 * with different arguments, the fetch is split so that each part carries what its own fields require.
 */
export function splitConflictingRequires(plan: Plan, planned: PlannerSupergraph): Plan {
  if (!plan.steps.some((step) => conflictsOf(step.requires).length > 0)) return plan;
  return splitSteps(plan, (step) => splitStep(step, planned));
}

/** Names in the data that would be written under one name, in groups of at least two. */
function conflictsOf(requires: readonly RequiredSelection[] | undefined): string[][] {
  const bySubgraphName = new Map<string, Set<string>>();
  const groups: string[][] = [];
  const visitLevel = (selections: readonly RequiredSelection[], prefix: string): void => {
    for (const selection of selections) {
      if (selection.kind === 'fragment') visitLevel(selection.selections, prefix);
      else {
        const key = `${prefix}.${selection.writtenAs}`;
        const names = bySubgraphName.get(key) ?? new Set();
        bySubgraphName.set(key, names.add(selection.name));
        if (selection.selections) visitLevel(selection.selections, key);
      }
    }
  };
  visitLevel(requires ?? [], '');
  for (const names of bySubgraphName.values()) if (names.size > 1) groups.push([...names]);
  return groups;
}

function splitStep(step: FetchStep, planned: PlannerSupergraph): FetchStep[] {
  const conflicts = conflictsOf(step.requires);
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
