import { isForeign, readEntityNeeds } from './entity-needs.ts';
import { nestedComputedFields, withoutNested } from './nested-fields.ts';
import { partOfStep, topFields } from './part-of-step.ts';
import type { FetchStep, Plan, StepCondition } from './plan.ts';
import { sortSteps, stepsBefore } from './sort-steps.ts';
import { toldPaths } from './told-paths.ts';
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

/** A field that a step asks for without what it is computed from. */
interface Unfounded extends WantedField {
  readonly step: FetchStep;
  readonly dataName: string;
  readonly conditions: readonly StepCondition[];
}

/** Who brings a field of the objects at a place. */
interface Link {
  readonly field: WantedField;
  readonly sources: readonly number[];
}

/**
 * Takes out of a plan what a subgraph cannot compute. Where `@requires` go back and forth between two subgraphs, the
 * planner may ask one of them for a field without telling its inputs, and even for the inputs themselves, which others
 * own: the answer would be computed from nothing. When another step brings the field with its inputs, whoever reads it
 * waits for that step; otherwise the field has to be planned for its own sake.
 */
export function repairPlan(plan: Plan, planned: PlannerSupergraph): Repaired {
  if (!planned.sdl.includes('requires:')) return { plan };
  const unfounded = plan.steps.flatMap((step) => unfoundedFields(step, planned));
  if (unfounded.length === 0) return { plan };
  const links = unfounded.map((field): Link => ({
    field,
    sources: sourcesOf(field, plan, unfounded),
  }));
  const missing = links.flatMap(({ field, sources }) => (sources.length === 0 ? [field] : []));
  if (missing.length > 0) return { missing };
  const narrowed = plan.steps.map((step) => {
    const fields = unfounded.filter((field) => field.step === step);
    return fields.length === 0 ? step : narrow(step, fields, planned);
  });
  return { plan: { ...plan, steps: sortSteps(rewire(plan.steps, narrowed, links)) } };
}

/** Fields of a step that are computed from what it does not tell. */
function unfoundedFields(step: FetchStep, planned: PlannerSupergraph): Unfounded[] {
  const nested = nestedComputedFields(step, planned).map((field) => ({ ...field, step }));
  if (!step.requires) return nested;
  const { computed } = readEntityNeeds(step, planned);
  if (computed.length === 0) return nested;
  const told = new Set(toldPaths(step.requires));
  const lacking = computed.filter(({ inputs }) => inputs.some((path) => !told.has(path)));
  // What an interface's members compute is their own affair: there may be none of them at the place.
  const own = topFields(step).flatMap(({ on, fieldName, dataName, conditions }): Unfounded[] =>
    on !== undefined && lacking.some((each) => each.on === on && each.fieldName === fieldName)
      ? [{ step, path: step.path, on, fieldName, dataName, conditions }]
      : [],
  );
  return [...own, ...nested];
}

/** Steps that bring a field with its inputs, whenever it is wanted. */
function sourcesOf(field: Unfounded, plan: Plan, unfounded: readonly Unfounded[]): number[] {
  const path = field.path.join('.');
  const met = [...field.step.conditions, ...field.conditions];
  return plan.steps.flatMap((other) => {
    if (other === field.step || !other.requires || other.path.join('.') !== path) return [];
    const isThere = topFields(other).some(
      ({ on, dataName, conditions }) =>
        on === field.on &&
        dataName === field.fieldName &&
        [...other.conditions, ...conditions].every(({ variable, equals }) =>
          met.some((each) => each.variable === variable && each.equals === equals),
        ),
    );
    const isFounded = !unfounded.some(
      (each) => each.step === other && each.on === field.on && each.fieldName === field.fieldName,
    );
    return isThere && isFounded ? [other.id] : [];
  });
}

/** A step without some fields, and without those its subgraph does not own; undefined when nothing is left. */
function narrow(
  step: FetchStep,
  dropped: readonly Unfounded[],
  planned: PlannerSupergraph,
): FetchStep | undefined {
  const place = step.path.join('.');
  const here = step.requires ? dropped.filter(({ path }) => path.join('.') === place) : [];
  const narrowed = withoutNested(
    step,
    dropped.filter((field) => !here.includes(field)),
    planned,
  );
  if (here.length === 0) return narrowed;
  const kept = topFields(narrowed).filter(
    (field) =>
      !here.some(({ on, dataName }) => on === field.on && dataName === field.dataName) &&
      !isForeign(step.subgraph, field, planned),
  );
  if (kept.every(({ fieldName }) => fieldName === '__typename')) return undefined;
  return partOfStep(narrowed, new Set(kept.map(({ dataName }) => dataName)), new Set());
}

/** Lets whoever reads a field wait for those that bring it. */
function rewire(
  given: readonly FetchStep[],
  narrowed: readonly (FetchStep | undefined)[],
  links: readonly Link[],
): FetchStep[] {
  const whileThere = (id: number): readonly number[] =>
    narrowed[id] ? [id] : (given[id]?.after ?? []).flatMap(whileThere);
  return narrowed.flatMap((step) => {
    if (!step) return [];
    const after = new Set(step.after.flatMap(whileThere));
    const names = new Set(toldPaths(step.requires ?? []).map((path) => path.split('.')[0]));
    for (const { field, sources } of links) {
      if (field.path.join('.') !== step.path.join('.') || !names.has(field.fieldName)) continue;
      for (const id of sources) {
        if (id !== step.id && !stepsBefore(id, given).has(step.id)) after.add(id);
      }
    }
    return [{ ...step, after: [...after] }];
  });
}
