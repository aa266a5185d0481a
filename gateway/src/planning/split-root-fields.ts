import { Kind } from 'graphql';
import type { SelectionNode } from 'graphql';
import { GatewayError } from '../errors.ts';
import { conditionsOf } from './conditions-of.ts';
import type { StepCondition } from './plan.ts';

/** A root field as it stands in an operation once. */
interface Occurrence {
  readonly name: string;
  /** The field inside the fragments around it. */
  readonly selection: SelectionNode;
  readonly conditions: readonly StepCondition[];
}

/** More ways for one field to be the first of its name than anybody writes by hand. */
const maxVariants = 32;

/**
 * Splits a mutation into its root fields, in the order they run. Selections of one response name are one field, which
 * runs once, where the first of them stands that is not skipped (GraphQL specification October 2021, §6.3.2): where the
 * first hangs on a condition, the field may run at one of several places, and only one of them holds.
 * @throws GatewayError when the conditions of one field allow too many orders
 */
export function splitRootFields(selections: readonly SelectionNode[]): SelectionNode[][] {
  const occurrences = selections.flatMap((selection) => occurrencesIn(selection, []));
  return occurrences.flatMap((occurrence, at) => {
    const isSame = ({ name }: Occurrence): boolean => name === occurrence.name;
    const earlier = occurrences.slice(0, at).filter(isSame);
    const later = occurrences.slice(at + 1).filter(isSame);
    return variantsWithout(earlier).flatMap((without): SelectionNode[][] => {
      const holds = [...without, ...occurrence.conditions];
      if (isContradiction(holds)) return [];
      const group = [occurrence, ...later].flatMap(({ selection, conditions }) => {
        if (isContradiction([...holds, ...conditions])) return [];
        return [
          wrap(
            selection,
            holds.filter((each) => !includes(conditions, each)),
          ),
        ];
      });
      return [group];
    });
  });
}

function occurrencesIn(
  selection: SelectionNode,
  above: readonly StepCondition[],
): readonly Occurrence[] {
  const conditions = [...above, ...conditionsOf(selection.directives)];
  if (selection.kind === Kind.FIELD) {
    return [{ name: selection.alias?.value ?? selection.name.value, selection, conditions }];
  }
  if (selection.kind !== Kind.INLINE_FRAGMENT) return [];
  return selection.selectionSet.selections
    .flatMap((inner) => occurrencesIn(inner, conditions))
    .map((inner) => ({
      ...inner,
      selection: {
        ...selection,
        selectionSet: { kind: Kind.SELECTION_SET, selections: [inner.selection] },
      },
    }));
}

/** All ways in which none of some occurrences is included, each a list of conditions. No two ways hold at once. */
function variantsWithout(occurrences: readonly Occurrence[]): StepCondition[][] {
  let variants: StepCondition[][] = [[]];
  for (const { conditions } of occurrences) {
    variants = variants.flatMap((variant) =>
      conditions
        .map((condition, at) => [
          ...variant,
          ...conditions.slice(0, at),
          { ...condition, equals: !condition.equals },
        ])
        .filter((each) => !isContradiction(each)),
    );
    if (variants.length > maxVariants) {
      throw new GatewayError(
        'GRAPHQL_VALIDATION_FAILED',
        'One field of the mutation stands under too many conditions. Send it once.',
      );
    }
  }
  return variants;
}

function isContradiction(conditions: readonly StepCondition[]): boolean {
  return conditions.some(({ variable, equals }) =>
    conditions.some((other) => other.variable === variable && other.equals !== equals),
  );
}

function includes(conditions: readonly StepCondition[], condition: StepCondition): boolean {
  return conditions.some(
    ({ variable, equals }) => variable === condition.variable && equals === condition.equals,
  );
}

function wrap(selection: SelectionNode, conditions: readonly StepCondition[]): SelectionNode {
  return conditions.reduceRight<SelectionNode>(
    (inner, { variable, equals }) => ({
      kind: Kind.INLINE_FRAGMENT,
      directives: [
        {
          kind: Kind.DIRECTIVE,
          name: { kind: Kind.NAME, value: equals ? 'include' : 'skip' },
          arguments: [
            {
              kind: Kind.ARGUMENT,
              name: { kind: Kind.NAME, value: 'if' },
              value: { kind: Kind.VARIABLE, name: { kind: Kind.NAME, value: variable } },
            },
          ],
        },
      ],
      selectionSet: { kind: Kind.SELECTION_SET, selections: [inner] },
    }),
    selection,
  );
}
