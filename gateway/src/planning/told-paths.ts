import type { RequiredSelection } from './plan.ts';
import type { PlannerSupergraph } from './supergraph-for-planner.ts';
import { canBeBoth } from './can-be-both.ts';

/**
 * The leaves that a step's representations carry, as dotted paths in the data.
 * @param on of objects of this type only; undefined: of any
 */
export function toldPaths(
  selections: readonly RequiredSelection[],
  on: string | undefined,
  planned: PlannerSupergraph,
): string[] {
  return selections.flatMap((selection) => {
    if (selection.kind === 'fragment') {
      return canBeBoth(on, selection.on, planned)
        ? toldPaths(selection.selections, on, planned)
        : [];
    }
    if (!selection.selections) return [selection.name];
    const below = toldPaths(selection.selections, undefined, planned);
    return below.map((path) => `${selection.name}.${path}`);
  });
}
