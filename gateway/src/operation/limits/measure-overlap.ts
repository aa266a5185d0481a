import {
  Kind,
  type FieldNode,
  type FragmentDefinitionNode,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql';

export interface Overlap {
  /** Fields an answer can have, one for each response name at each place. */
  readonly height: number;
  /**
   * Comparisons that validating "field selection merging" (§5.3.2) would take: every two fields with one response name at
   * one place, with their arguments and what stands right below them.
   */
  readonly comparisons: number;
}

/** Comparing a fragment with a set of fields looks up names: about this many take as long as comparing two fields. */
const lookupsPerComparison = 8;

/** Fields of one response name at one place. */
interface Group {
  count: number;
  weight: number;
  readonly sets: SelectionSetNode[];
}

/**
 * Merges the selections of one definition by response name, whatever their types, and counts. Takes time in proportion to
 * the expanded selections, which must have been bounded before.
 */
export function measureOverlap(
  root: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): Overlap {
  let height = 0;
  let comparisons = 0;
  const places: SelectionSetNode[][] = [[root]];
  const weights = new Map<FieldNode, number>();
  for (let sets = places.pop(); sets; sets = places.pop()) {
    const groups = new Map<string, Group>();
    const spread = new Set<string>();
    for (const set of sets) collect(set, { groups, spread, fragments, weights });
    height += groups.size;
    let fields = 0;
    for (const { count, weight, sets: below } of groups.values()) {
      fields += count;
      if (count > 1) comparisons += (count - 1) * weight;
      if (below.length > 0) places.push(below);
    }
    if (spread.size > 1)
      comparisons += (spread.size * (fields + spread.size)) / lookupsPerComparison;
  }
  return { height, comparisons };
}

interface Collection {
  readonly groups: Map<string, Group>;
  /** Fragments that are part of this place: validation takes each once. */
  readonly spread: Set<string>;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly weights: Map<FieldNode, number>;
}

function collect(set: SelectionSetNode, collection: Collection): void {
  const { groups, spread, fragments, weights } = collection;
  for (const selection of set.selections) {
    if (selection.kind === Kind.FIELD) {
      const name = (selection.alias ?? selection.name).value;
      let group = groups.get(name);
      if (!group) {
        group = { count: 0, weight: 0, sets: [] };
        groups.set(name, group);
      }
      group.count += 1;
      group.weight += weightOf(selection, weights);
      if (selection.selectionSet) group.sets.push(selection.selectionSet);
    } else if (selection.kind === Kind.INLINE_FRAGMENT) {
      collect(selection.selectionSet, collection);
    } else if (!spread.has(selection.name.value)) {
      spread.add(selection.name.value);
      const fragment = fragments.get(selection.name.value);
      if (fragment) collect(fragment.selectionSet, collection);
    }
  }
}

function weightOf(field: FieldNode, weights: Map<FieldNode, number>): number {
  let weight = weights.get(field);
  if (weight === undefined) {
    weight = 1 + (field.selectionSet ? countBelow(field.selectionSet) : 0);
    for (const { value } of field.arguments ?? []) weight += 1 + sizeOf(value);
    weights.set(field, weight);
  }
  return weight;
}

function countBelow(set: SelectionSetNode): number {
  return set.selections.reduce(
    (sum, selection) =>
      sum + (selection.kind === Kind.INLINE_FRAGMENT ? countBelow(selection.selectionSet) : 1),
    0,
  );
}

function sizeOf(value: ValueNode): number {
  if (value.kind === Kind.LIST) return value.values.reduce((sum, each) => sum + sizeOf(each), 1);
  if (value.kind !== Kind.OBJECT) return 1;
  return value.fields.reduce((sum, each) => sum + 1 + sizeOf(each.value), 1);
}
