import {
  Kind,
  type DocumentNode,
  type FragmentDefinitionNode,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { GatewayError } from '../../errors.ts';

export type ExecutableDefinition = OperationDefinitionNode | FragmentDefinitionNode;

/** What one definition amounts to, with every fragment it spreads put in its place. */
export interface Measure {
  /** Fields within fields. */
  readonly depth: number;
  /** Selection sets within selection sets, those of fragments included. */
  readonly nesting: number;
  readonly aliases: number;
  readonly directives: number;
  /** Fields, spreads and inline fragments. */
  readonly selections: number;
  /** Fields at its top. */
  readonly topFields: number;
}

/** Where counting ends: a few lines of fragments can stand for more selections than there are numbers. */
const saturation = 1_000_000_000;

const nothing: Measure = {
  depth: 0,
  nesting: 0,
  aliases: 0,
  directives: 0,
  selections: 0,
  topFields: 0,
};

/** A document taken apart. */
export interface MeasuredDocument {
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** Operations, and fragments that nobody spreads: everything that validation walks from. */
  readonly roots: ReadonlyMap<ExecutableDefinition, Measure>;
}

/**
 * Measures each definition once, in time linear in the size of the document: what a fragment amounts to is relative to
 * where it is spread, so that one result holds wherever that is, deep or shallow.
 * @throws GatewayError GRAPHQL_VALIDATION_FAILED when fragments share a name (§5.5.1.1) or spread each other in a circle
 * (§5.5.2.2)
 */
export function measureDefinitions(document: DocumentNode): MeasuredDocument {
  const fragments = new Map<string, FragmentDefinitionNode>();
  const operations: OperationDefinitionNode[] = [];
  for (const definition of document.definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION) operations.push(definition);
    else if (definition.kind === Kind.FRAGMENT_DEFINITION) addFragment(fragments, definition);
  }
  const spread = new Set<string>();
  const ordered = orderFragments(fragments, spread);
  const known = new Map<string, Measure>();
  for (const fragment of ordered) known.set(fragment.name.value, measure(fragment, known));
  const roots = new Map<ExecutableDefinition, Measure>();
  for (const operation of operations) {
    noteSpreads(operation.selectionSet, spread);
    roots.set(operation, measure(operation, known));
  }
  for (const [name, fragment] of fragments) {
    if (!spread.has(name)) roots.set(fragment, known.get(name) ?? nothing);
  }
  return { fragments, roots };
}

/** Validation would walk all that share a name, and spread only one of them. */
function addFragment(
  fragments: Map<string, FragmentDefinitionNode>,
  fragment: FragmentDefinitionNode,
): void {
  const name = fragment.name.value;
  if (fragments.has(name)) {
    throw new GatewayError(
      'GRAPHQL_VALIDATION_FAILED',
      `There can be only one fragment named "${name.slice(0, 100)}".`,
    );
  }
  fragments.set(name, fragment);
}

/** Fragments so that each comes after all that it spreads (Kahn's algorithm). */
function orderFragments(
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  spread: Set<string>,
): FragmentDefinitionNode[] {
  const waitsFor = new Map<string, number>();
  const users = new Map<string, string[]>();
  const ready: string[] = [];
  for (const [name, { selectionSet }] of fragments) {
    const spreads = new Set<string>();
    noteSpreads(selectionSet, spreads);
    let count = 0;
    for (const each of spreads) {
      spread.add(each);
      if (!fragments.has(each)) continue;
      count += 1;
      const list = users.get(each);
      if (list) list.push(name);
      else users.set(each, [name]);
    }
    waitsFor.set(name, count);
    if (count === 0) ready.push(name);
  }
  const ordered: FragmentDefinitionNode[] = [];
  for (let name = ready.pop(); name !== undefined; name = ready.pop()) {
    const fragment = fragments.get(name);
    if (fragment) ordered.push(fragment);
    for (const user of users.get(name) ?? []) {
      const left = (waitsFor.get(user) ?? 0) - 1;
      waitsFor.set(user, left);
      if (left === 0) ready.push(user);
    }
  }
  if (ordered.length < fragments.size) throw circular(waitsFor);
  return ordered;
}

function circular(waitsFor: ReadonlyMap<string, number>): GatewayError {
  const name = [...waitsFor].find(([, count]) => count > 0)?.[0] ?? '';
  return new GatewayError(
    'GRAPHQL_VALIDATION_FAILED',
    `Fragments spread each other in a circle: "${name.slice(0, 100)}" is part of it or spreads it.`,
  );
}

/** How deep this goes is bounded by the brackets of the text (assert-nesting.ts). */
function noteSpreads(set: SelectionSetNode, spreads: Set<string>): void {
  for (const selection of set.selections) {
    if (selection.kind === Kind.FRAGMENT_SPREAD) spreads.add(selection.name.value);
    else if (selection.selectionSet) noteSpreads(selection.selectionSet, spreads);
  }
}

function measure(definition: ExecutableDefinition, known: ReadonlyMap<string, Measure>): Measure {
  const own = measureSet(definition.selectionSet, known);
  const onVariables = definition.variableDefinitions ?? [];
  const directives = onVariables.reduce(
    (sum, variable) => sum + (variable.directives?.length ?? 0),
    definition.directives?.length ?? 0,
  );
  return { ...own, directives: limit(own.directives + directives) };
}

function measureSet(set: SelectionSetNode, known: ReadonlyMap<string, Measure>): Measure {
  let { depth, nesting, aliases, directives, selections, topFields } = nothing;
  for (const selection of set.selections) {
    selections += 1;
    directives += selection.directives?.length ?? 0;
    const isField = selection.kind === Kind.FIELD;
    if (isField) {
      topFields += 1;
      if (selection.alias) aliases += 1;
      depth = Math.max(depth, 1);
    }
    const inner =
      selection.kind === Kind.FRAGMENT_SPREAD
        ? known.get(selection.name.value)
        : selection.selectionSet && measureSet(selection.selectionSet, known);
    if (!inner) continue;
    depth = Math.max(depth, inner.depth + (isField ? 1 : 0));
    nesting = Math.max(nesting, inner.nesting);
    aliases += inner.aliases;
    directives += inner.directives;
    selections += inner.selections;
    if (!isField) topFields += inner.topFields;
  }
  return {
    depth,
    nesting: nesting + 1,
    aliases: limit(aliases),
    directives: limit(directives),
    selections: limit(selections),
    topFields: limit(topFields),
  };
}

function limit(count: number): number {
  return Math.min(count, saturation);
}
