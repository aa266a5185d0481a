import { readEntityNeeds } from './entity-needs.ts';
import { partOfStep, topFields } from './part-of-step.ts';
import type { FetchStep, Plan } from './plan.ts';
import { sortSteps, stepsBefore } from './sort-steps.ts';
import type { PlannerSupergraph } from './supergraph-for-planner.ts';

/** Fields of a step whose inputs come after it, and the steps that bring inputs of the step. */
interface Late {
  readonly dataNames: Set<string>;
  readonly sources: Set<number>;
  /** Steps that bring inputs and that it does not wait for, although it could. */
  readonly unawaited: Set<number>;
}

/**
 * Gives fields a fetch of their own whose inputs come later. The planner joins fetches to one subgraph even when one of
 * them needs what can only be known after the other: `@requires` that go back and forth, under `@skip` and `@include`.
 * And it may forget to let a fetch wait for one beside it that brings its inputs.
 */
export function splitLateFields(plan: Plan, planned: PlannerSupergraph): Plan {
  if (!planned.sdl.includes('requires:')) return plan;
  const steps: FetchStep[] = [...plan.steps];
  let isChanged = false;
  for (const { id: own } of plan.steps) {
    const late = lateFields(own, steps, planned);
    let step = steps[own];
    if (!step || (late.dataNames.size === 0 && late.unawaited.size === 0)) continue;
    isChanged = true;
    step = { ...step, after: [...step.after, ...late.unawaited] };
    steps[own] = step;
    if (late.dataNames.size === 0) continue;
    const others = topFields(step).flatMap(({ dataName }) =>
      late.dataNames.has(dataName) ? [] : [dataName],
    );
    const id = steps.length;
    steps[step.id] = { ...partOfStep(step, new Set(others), new Set()) };
    steps.push({
      ...partOfStep(step, late.dataNames, new Set()),
      id,
      after: [...step.after, step.id, ...late.sources],
    });
    const needed = stepsBefore(id, steps);
    steps.forEach((each, at) => {
      if (at === id || needed.has(at) || !each.after.includes(step.id)) return;
      steps[at] = { ...each, after: [...each.after, id] };
    });
  }
  return isChanged ? { ...plan, steps: sortSteps(steps) } : plan;
}

function lateFields(id: number, steps: readonly FetchStep[], planned: PlannerSupergraph): Late {
  const late: Late = { dataNames: new Set(), sources: new Set(), unawaited: new Set() };
  const step = steps[id];
  if (!step) return late;
  const { computed } = step.requires ? readEntityNeeds(step, planned) : { computed: [] };
  if (computed.length === 0) return late;
  const path = step.path.join('.');
  const here = steps.filter((each) => each !== step && each.path.join('.') === path);
  const before = stepsBefore(id, steps);
  for (const { dataName, inputs } of computed) {
    for (const input of inputs) {
      const [name] = input.split('.');
      const sources = here.filter((each) => planNamesOf(each).has(name ?? ''));
      if (sources.length === 0 || sources.some((each) => before.has(each.id))) continue;
      const beside = sources.filter((each) => !stepsBefore(each.id, steps).has(id));
      for (const each of beside) late.unawaited.add(each.id);
      if (beside.length > 0) continue;
      late.dataNames.add(dataName);
      for (const each of sources) late.sources.add(each.id);
    }
  }
  return late;
}

/** Names of a step's fields as the plan knows them. */
function planNamesOf(step: FetchStep): ReadonlySet<string> {
  const originals = new Map(step.renames.map(({ path, to }) => [path.at(-1), to]));
  return new Set(topFields(step).map(({ dataName }) => originals.get(dataName) ?? dataName));
}
