import type { FetchStep, RequiredSelection } from '../planning/plan.ts';
import type { TypeRelations } from './type-relations.ts';

/** Steps of a plan by id. */
export type StepTable = readonly FetchStep[];

/**
 * Names of the fields a step's representations carry at their top for objects of a type; undefined when one of them is
 * no leaf.
 */
export function representationFields(
  step: FetchStep,
  typeName: string,
  types: TypeRelations,
): ReadonlySet<string> | undefined {
  const names = new Set<string>();
  const add = (selections: readonly RequiredSelection[]): boolean =>
    selections.every((selection) => {
      if (selection.kind === 'fragment') {
        const { on } = selection;
        return on !== undefined && !types.fits(on, typeName) ? true : add(selection.selections);
      }
      names.add(selection.name);
      return selection.selections === undefined;
    });
  return add(step.requires ?? []) ? names : undefined;
}
