import { Kind, parse } from 'graphql';
import type { SelectionSetNode } from 'graphql';
import { fragmentsOf } from '../fragments-of.ts';
import { conditionsOf } from './conditions-of.ts';
import type { FetchStep, StepCondition } from './plan.ts';

/** What the objects at one place of a subgraph's answer may hold. */
export type Shape = readonly ShapeField[];

export interface ShapeField {
  /** The name the plan knows the field by. */
  readonly name: string;
  /** Its key in the subgraph's answer; differs where the planner had to rename. */
  readonly dataName: string;
  /** Type conditions it stands under: all must fit. */
  readonly on: readonly string[];
  /** `@skip` and `@include` it stands under: all must hold, or it is not asked for. */
  readonly conditions: readonly StepCondition[];
  /** What its objects may hold; undefined for leaves. */
  readonly shape: Shape | undefined;
}

/** Reads the shape of what a step brings: of each entity for an entity fetch, of the root object otherwise. */
export function shapeOf(step: FetchStep): Shape {
  const document = parse(step.operation, { noLocation: true });
  const fragments = fragmentsOf(document);
  const operation = document.definitions.find(
    (definition) => definition.kind === Kind.OPERATION_DEFINITION,
  );
  // The planner makes names such as `x__alias_0` and always turns them back into `x`, wherever they stand.
  const originals = new Map(step.renames.map(({ path, to }) => [path.at(-1) ?? '', to]));
  const top: Above = { on: [], conditions: [] };
  const root = operation ? fieldsOf(operation.selectionSet, top) : [];
  return step.requires ? (root[0]?.shape ?? []) : root;

  function fieldsOf(set: SelectionSetNode, { on, conditions: above }: Above): ShapeField[] {
    return set.selections.flatMap((selection): ShapeField[] => {
      const conditions = [...above, ...conditionsOf(selection.directives)];
      if (selection.kind === Kind.FIELD) {
        const dataName = selection.alias?.value ?? selection.name.value;
        return [
          {
            name: originals.get(dataName) ?? dataName,
            dataName,
            on,
            conditions,
            shape: selection.selectionSet && fieldsOf(selection.selectionSet, top),
          },
        ];
      }
      const fragment =
        selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
      if (!fragment) return [];
      const condition = fragment.typeCondition?.name.value;
      const inner = condition === undefined ? on : [...on, condition];
      return fieldsOf(fragment.selectionSet, { on: inner, conditions });
    });
  }
}

/** What the selections of a level stand under. */
interface Above {
  readonly on: readonly string[];
  readonly conditions: readonly StepCondition[];
}
