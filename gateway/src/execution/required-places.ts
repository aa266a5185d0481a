import type { Plan, RequiredSelection } from '../planning/plan.ts';

/**
 * Every field that some step tells its subgraph, as `place.of.the.object.field`: keys, and what other fields `@require`.
 */
export function requiredPlaces({ steps }: Pick<Plan, 'steps'>): ReadonlySet<string> {
  const places = new Set<string>();
  const add = (selections: readonly RequiredSelection[], path: readonly string[]): void => {
    for (const selection of selections) {
      if (selection.kind === 'fragment') add(selection.selections, path);
      else {
        const inner = [...path, selection.name];
        places.add(inner.join('.'));
        if (selection.selections) add(selection.selections, inner);
      }
    }
  };
  for (const step of steps) add(step.requires ?? [], step.path);
  return places;
}
