import { isForeign, readEntityNeeds } from './entity-needs.ts';
import { partOfStep, topFields, type StepField } from './part-of-step.ts';
import type { FetchStep, Plan, RequiredSelection } from './plan.ts';
import type { PlannerSupergraph } from './supergraph-for-planner.ts';

/** A field at a place of the data that must be planned for its own sake. */
export interface WantedField {
  readonly path: readonly string[];
  readonly on: string;
  readonly fieldName: string;
}

/** A plan without unfounded fields, or what is missing for that. */
export type Repaired =
  | { readonly plan: Plan; readonly missing?: undefined }
  | { readonly plan?: undefined; readonly missing: readonly WantedField[] };

/** Which steps bring a field that another brings without its inputs. */
type Replacements = ReadonlyMap<number, ReadonlySet<number>>;

/**
 * Takes out of a plan what a subgraph cannot compute. Where `@requires` go back and forth between two subgraphs, the
 * planner may ask one of them for a field without telling its inputs, and even for the inputs themselves, which others
 * own: the answer would be computed from nothing. When another step brings the field with its inputs, whoever reads it
 * waits for that step; otherwise the field has to be planned for its own sake.
 */
export function repairPlan(plan: Plan, planned: PlannerSupergraph): Repaired {
  const unfounded = new Map<number, readonly StepField[]>();
  for (const step of plan.steps) {
    const fields = unfoundedFields(step, planned);
    if (fields.length > 0) unfounded.set(step.id, fields);
  }
  if (unfounded.size === 0) return { plan };
  const missing: WantedField[] = [];
  const replacements = new Map<number, Set<number>>();
  for (const [id, fields] of unfounded) {
    const { path } = plan.steps[id] ?? { path: [] };
    for (const { on = '', fieldName } of fields) {
      const others = plan.steps.filter(
        (other) =>
          other.id !== id &&
          other.path.join('.') === path.join('.') &&
          topFields(other).some((each) => each.on === on && each.dataName === fieldName) &&
          !unfounded.get(other.id)?.some((each) => each.on === on && each.fieldName === fieldName),
      );
      if (others.length === 0) missing.push({ path, on, fieldName });
      const known = replacements.get(id) ?? new Set();
      replacements.set(id, new Set([...known, ...others.map((other) => other.id)]));
    }
  }
  if (missing.length > 0) return { missing };
  const narrowed = plan.steps.map((step) =>
    narrow(step, unfounded.get(step.id)?.map(({ dataName }) => dataName) ?? [], planned),
  );
  return { plan: { ...plan, steps: sortSteps(rewire(narrowed, replacements)) } };
}

/** Fields of an entity step that are computed from what its representations do not carry. */
function unfoundedFields(step: FetchStep, planned: PlannerSupergraph): StepField[] {
  if (!step.requires) return [];
  const { computed } = readEntityNeeds(step, planned);
  if (computed.length === 0) return [];
  const told = new Set(pathsOf(step.requires));
  const lacking = computed.filter(({ inputs }) => inputs.some((path) => !told.has(path)));
  // What an interface's members compute is their own affair: there may be none of them at the place.
  return topFields(step).filter((field) =>
    lacking.some(({ on, fieldName }) => on === field.on && fieldName === field.fieldName),
  );
}

function pathsOf(selections: readonly RequiredSelection[]): string[] {
  return selections.flatMap((selection) => {
    if (selection.kind === 'fragment') return pathsOf(selection.selections);
    if (!selection.selections) return [selection.name];
    return pathsOf(selection.selections).map((path) => `${selection.name}.${path}`);
  });
}

/** A step without some fields, and without those its subgraph does not own; undefined when nothing is left. */
function narrow(
  step: FetchStep,
  dropped: readonly string[],
  planned: PlannerSupergraph,
): FetchStep | undefined {
  if (dropped.length === 0) return step;
  const kept = topFields(step).filter(
    (field) => !dropped.includes(field.dataName) && !isForeign(step.subgraph, field, planned),
  );
  const isEmpty = kept.every(({ fieldName }) => fieldName === '__typename');
  if (isEmpty) return undefined;
  return partOfStep(step, new Set(kept.map(({ dataName }) => dataName)), new Set());
}

/** Lets whoever waited for a step that lost fields wait for those that bring them. */
function rewire(
  steps: readonly (FetchStep | undefined)[],
  replacements: Replacements,
): FetchStep[] {
  const afterOf = (id: number): readonly number[] =>
    steps[id] ? [id] : [...(replacements.get(id) ?? [])];
  const isAfter = (id: number, other: number): boolean =>
    steps[id]?.after.some((each) => each === other || isAfter(each, other)) === true;
  return steps.flatMap((step) => {
    if (!step) return [];
    const after = new Set<number>();
    for (const id of step.after) {
      for (const each of [...afterOf(id), ...(replacements.get(id) ?? [])]) {
        if (each !== step.id && !isAfter(each, step.id)) after.add(each);
      }
    }
    return [{ ...step, after: [...after] }];
  });
}

/** Puts steps behind those they wait for, and numbers them anew. */
function sortSteps(steps: readonly FetchStep[]): FetchStep[] {
  const sorted: FetchStep[] = [];
  const newIds = new Map<number, number>();
  let waiting = steps;
  while (waiting.length > 0) {
    const ready = waiting.filter(({ after }) => after.every((id) => newIds.has(id)));
    if (ready.length === 0) throw new Error('The steps of the plan wait for each other.');
    for (const step of ready) {
      const after = step.after.map((id) => newIds.get(id) ?? 0);
      newIds.set(step.id, sorted.push({ ...step, id: sorted.length, after }) - 1);
    }
    waiting = waiting.filter((step) => !ready.includes(step));
  }
  return sorted;
}
