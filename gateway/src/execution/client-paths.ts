import { Kind } from 'graphql';
import type {
  FieldNode,
  FragmentDefinitionNode,
  InlineFragmentNode,
  SelectionSetNode,
} from 'graphql';
import type { InternalNames } from '../planning/internal-names.ts';
import type { TypeRelations } from './type-relations.ts';

export type Path = readonly (string | number)[];

/**
 * Turns paths in subgraph data into paths of the client's answer.
 * @param typeAt the type of the object that holds the path's element with this number, where it is known
 */
export type ToClientPath = (path: Path, typeAt?: (at: number) => string | undefined) => Path;

/**
 * Compiles the translation of paths. A path ends where the client did not ask further: errors of fields that were only
 * fetched for the gateway's own use belong to the object that needed them.
 */
export function compileClientPaths(
  root: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  { names, types }: { readonly names: InternalNames; readonly types: TypeRelations },
): ToClientPath {
  return (path, typeAt) => {
    const translated: (string | number)[] = [];
    let sets: readonly SelectionSetNode[] = [root];
    for (const [at, key] of path.entries()) {
      if (typeof key === 'number') {
        translated.push(key);
        continue;
      }
      const typename = typeAt?.(at);
      const nodes = sets.flatMap((set) => fieldsNamed({ key, typename }, set));
      const [node] = nodes;
      if (!node) return translated;
      translated.push(node.alias?.value ?? node.name.value);
      sets = nodes.flatMap((each) => each.selectionSet ?? []);
    }
    return translated;
  };

  function fieldsNamed(
    wanted: { readonly key: string; readonly typename: string | undefined },
    set: SelectionSetNode,
    seen = new Set<string>(),
  ): FieldNode[] {
    return set.selections.flatMap((selection): FieldNode[] => {
      if (selection.kind === Kind.FIELD) {
        return names.of(selection) === wanted.key ? [selection] : [];
      }
      let fragment: InlineFragmentNode | FragmentDefinitionNode | undefined;
      if (selection.kind === Kind.INLINE_FRAGMENT) fragment = selection;
      else if (!seen.has(selection.name.value)) {
        seen.add(selection.name.value);
        fragment = fragments.get(selection.name.value);
      }
      const on = fragment?.typeCondition?.name.value;
      const { typename } = wanted;
      const fits = on === undefined || typename === undefined || types.fits(on, typename);
      return fragment && fits ? fieldsNamed(wanted, fragment.selectionSet, seen) : [];
    });
  }
}
