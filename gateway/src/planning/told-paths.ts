import type { RequiredSelection } from './plan.ts';

/** The leaves that a step's representations carry, for objects of any type, as dotted paths in the data. */
export function toldPaths(selections: readonly RequiredSelection[]): string[] {
  return selections.flatMap((selection) => {
    if (selection.kind === 'fragment') return toldPaths(selection.selections);
    if (!selection.selections) return [selection.name];
    return toldPaths(selection.selections).map((path) => `${selection.name}.${path}`);
  });
}
