import { Kind } from 'graphql';
import type { FieldNode, FragmentDefinitionNode, SelectionSetNode } from 'graphql';
import type { InternalNames } from '../planning/internal-names.ts';

export type Path = readonly (string | number)[];

/** Turns paths in subgraph data into paths of the client's answer. */
export type ToClientPath = (path: Path) => Path;

/**
 * Compiles the translation of paths. A path ends where the client did not ask further: errors of fields that were only
 * fetched for the gateway's own use belong to the object that needed them.
 */
export function compileClientPaths(
  root: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  names: InternalNames,
): ToClientPath {
  return (path) => {
    const translated: (string | number)[] = [];
    let sets: readonly SelectionSetNode[] = [root];
    for (const key of path) {
      if (typeof key === 'number') {
        translated.push(key);
        continue;
      }
      const nodes = sets.flatMap((set) => fieldsNamed(key, set));
      const [node] = nodes;
      if (!node) return translated;
      translated.push(node.alias?.value ?? node.name.value);
      sets = nodes.flatMap((each) => each.selectionSet ?? []);
    }
    return translated;
  };

  function fieldsNamed(
    internalName: string,
    set: SelectionSetNode,
    seen = new Set<string>(),
  ): FieldNode[] {
    return set.selections.flatMap((selection): FieldNode[] => {
      if (selection.kind === Kind.FIELD)
        return names.of(selection) === internalName ? [selection] : [];
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        return fieldsNamed(internalName, selection.selectionSet, seen);
      }
      const fragment = fragments.get(selection.name.value);
      if (!fragment || seen.has(selection.name.value)) return [];
      seen.add(selection.name.value);
      return fieldsNamed(internalName, fragment.selectionSet, seen);
    });
  }
}
