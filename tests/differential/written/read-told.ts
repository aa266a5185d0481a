import { Kind, type SelectionSetNode } from 'graphql';
import type { Told } from './field-sets.ts';

/** Two fragments may select the same field. */
export function once(told: Told): Told {
  return [...new Map(told)];
}

/** Reads the items of a list of whatever depth, or the one value. */
export function eachIn(value: unknown, read: (item: unknown) => unknown): unknown {
  if (value === null || value === undefined) return null;
  return Array.isArray(value) ? value.map((item) => eachIn(item, read)) : read(value);
}

/** Whether a field set has fragments. */
export function isAbstract(set: SelectionSetNode | undefined): boolean {
  return (set?.selections ?? []).some(
    (each) =>
      each.kind === Kind.INLINE_FRAGMENT ||
      (each.kind === Kind.FIELD && isAbstract(each.selectionSet)),
  );
}

/** A field set as a representation tells it. */
export function readTold(
  value: Readonly<Record<string, unknown>>,
  set: SelectionSetNode,
  onMissing: (name: string) => void,
): Told {
  const all = set.selections.flatMap((selection): Told => {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return [];
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      const on = selection.typeCondition?.name.value;
      const { __typename: typename } = value;
      // What does not belong to it was not told.
      const belongs = typename === undefined || on === undefined || on === typename;
      return readTold(value, selection.selectionSet, belongs ? onMissing : () => undefined);
    }
    const name = selection.name.value;
    if (name === '__typename') return [];
    if (!(name in value)) {
      onMissing(name);
      return [];
    }
    const below = selection.selectionSet;
    const told = value[name];
    return [
      [name, below ? eachIn(told, (one) => readTold(one as typeof value, below, onMissing)) : told],
    ];
  });
  return once(all);
}
