import { canBeBoth } from './can-be-both.ts';
import type { FetchStep, RequiredSelection } from './plan.ts';
import { shapeOf, type Shape } from './shape.ts';
import { sortSteps } from './sort-steps.ts';
import type { PlannerSupergraph } from './supergraph-for-planner.ts';

/** Where a step comes from that the planner has not made. */
export interface Extracted {
  /** The step its fields stood in. */
  readonly from: number;
  /** The type they are of. */
  readonly on: string;
}

/**
 * Lets steps that were taken out of others wait for what they tell, and those that waited for the others wait for them.
 * @param given the planner's steps
 * @param steps what is left of them, and those taken out, by number
 */
export function linkChains(
  given: readonly FetchStep[],
  steps: readonly (FetchStep | undefined)[],
  {
    extracted,
    planned,
  }: { readonly extracted: ReadonlyMap<number, Extracted>; readonly planned: PlannerSupergraph },
): FetchStep[] {
  const whileThere = (id: number): readonly number[] => {
    if (steps[id]) return [id];
    return (given[id]?.after ?? []).flatMap(whileThere);
  };
  const after = steps.map((step) => new Set((step?.after ?? []).flatMap(whileThere)));
  const waits = (id: number, other: number): boolean =>
    id === other || [...(after[id] ?? [])].some((each) => waits(each, other));
  const shapes = steps.map((step) => step && shapeOf(step));

  for (const [id, { on }] of extracted) {
    const { path, requires = [] } = steps[id] ?? { path: [] };
    const wanted = [
      ...path.map((_key, at) => ({ path: path.slice(0, at + 1), depth: -1 })),
      ...leavesOf(requires).map((leaf) => ({ path: [...path, ...leaf], depth: path.length })),
    ];
    steps.forEach((step, at) => {
      if (!step || at === id || waits(at, id)) return;
      const brings = wanted.some((each) => {
        const below = each.path.slice(step.path.length);
        const isHere = step.path.every((key, index) => key === each.path[index]);
        const level = each.depth - step.path.length;
        return isHere && holds(shapes[at] ?? [], below, { on, level, planned });
      });
      if (brings) after[id]?.add(at);
    });
  }
  for (const [id, { from }] of extracted) {
    steps.forEach((step, at) => {
      const isNext = step?.after.includes(from) === true && !extracted.has(at);
      if (isNext && !waits(id, at)) after[at]?.add(id);
    });
  }
  return sortSteps(
    steps.flatMap((step, at) => (step ? [{ ...step, after: [...(after[at] ?? [])] }] : [])),
  );
}

/** Whether a shape has something at a path; of the objects at one level it must be there for a type. */
function holds(
  shape: Shape,
  [name, ...rest]: readonly string[],
  at: { readonly on: string; readonly level: number; readonly planned: PlannerSupergraph },
): boolean {
  return shape.some((field) => {
    if (field.name !== name) return false;
    if (at.level === 0 && !field.on.every((each) => canBeBoth(each, at.on, at.planned)))
      return false;
    return rest.length === 0 || holds(field.shape ?? [], rest, { ...at, level: at.level - 1 });
  });
}

function leavesOf(selections: readonly RequiredSelection[]): string[][] {
  return selections.flatMap((selection) => {
    if (selection.kind === 'fragment') return leavesOf(selection.selections);
    if (selection.name === '__typename') return [];
    if (!selection.selections) return [[selection.name]];
    return leavesOf(selection.selections).map((path) => [selection.name, ...path]);
  });
}
