import { Kind, parse, type SelectionSetNode } from 'graphql';

/** Values of a field set, in its order: what a computed field is computed from. */
export type Told = readonly (readonly [name: string, value: unknown])[];

/** The selections of a field set, as `@key` and `@requires` write them. */
export function parseFieldSet(fieldSet: string): SelectionSetNode {
  const text = fieldSet.trim().startsWith('{') ? fieldSet : `{ ${fieldSet} }`;
  const [query] = parse(text, { noLocation: true }).definitions;
  if (query?.kind !== Kind.OPERATION_DEFINITION) throw new Error(`No field set: ${fieldSet}`);
  return query.selectionSet;
}

/** The names of all leaves of a field set with the names above them: `place.id`. */
export function leavesOf(set: SelectionSetNode, above = ''): readonly string[] {
  return set.selections.flatMap((selection) => {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return [];
    if (selection.kind === Kind.INLINE_FRAGMENT) return leavesOf(selection.selectionSet, above);
    const path = `${above}${selection.name.value}`;
    return selection.selectionSet ? leavesOf(selection.selectionSet, `${path}.`) : [path];
  });
}
