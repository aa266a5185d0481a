import { Kind, parse, print, stripIgnoredCharacters, visit } from 'graphql';
import type { ASTNode, FieldNode, OperationDefinitionNode, SelectionNode } from 'graphql';
import type { FetchStep, Plan, RequiredSelection } from './plan.ts';
import type { PlannerSupergraph } from './supergraph-for-planner.ts';

/**
 * One representation cannot carry `price` in two currencies. Where two fields of one entity fetch require the same field
 * with different arguments, the fetch is split so that each part carries what its own fields require.
 */
export function splitConflictingRequires(plan: Plan, planned: PlannerSupergraph): Plan {
  if (!plan.steps.some((step) => conflictsOf(step.requires).length > 0)) return plan;
  const steps: FetchStep[] = [];
  const newIds = new Map<number, number[]>();
  for (const step of plan.steps) {
    const after = step.after.flatMap((id) => newIds.get(id) ?? []);
    const parts = splitStep(step, planned);
    newIds.set(
      step.id,
      parts.map((part) => steps.push({ ...part, id: steps.length, after }) - 1),
    );
  }
  return { ...plan, steps };
}

/** Names in the data that would be written under one name, in groups of at least two. */
function conflictsOf(requires: readonly RequiredSelection[] | undefined): string[][] {
  const bySubgraphName = new Map<string, Set<string>>();
  const groups: string[][] = [];
  const visitLevel = (selections: readonly RequiredSelection[], prefix: string): void => {
    for (const selection of selections) {
      if (selection.kind === 'fragment') visitLevel(selection.selections, prefix);
      else {
        const key = `${prefix}.${selection.writtenAs}`;
        const names = bySubgraphName.get(key) ?? new Set();
        bySubgraphName.set(key, names.add(selection.name));
        if (selection.selections) visitLevel(selection.selections, key);
      }
    }
  };
  visitLevel(requires ?? [], '');
  for (const names of bySubgraphName.values()) if (names.size > 1) groups.push([...names]);
  return groups;
}

function splitStep(step: FetchStep, planned: PlannerSupergraph): FetchStep[] {
  const conflicts = conflictsOf(step.requires);
  if (conflicts.length === 0) return [step];
  const contested = new Set(conflicts.flat());
  const document = parse(step.operation, { noLocation: true });
  const operation = document.definitions.find(
    (each): each is OperationDefinitionNode => each.kind === Kind.OPERATION_DEFINITION,
  );
  const [entities] = operation?.selectionSet.selections ?? [];
  if (!operation || entities?.kind !== Kind.FIELD || !entities.selectionSet) return [step];

  const needsOf = requiredNames(step.subgraph, contested, planned);
  const fieldsByNeeds = new Map<string, Set<string>>();
  forEachField(entities.selectionSet.selections, undefined, (field, on) => {
    const needs = needsOf(on, field.name.value).sort().join(' ');
    const fields = fieldsByNeeds.get(needs) ?? new Set();
    fieldsByNeeds.set(needs, fields.add(field.alias?.value ?? field.name.value));
  });
  return [...fieldsByNeeds].map(([needs, fields]) => {
    const dropped = new Set([...contested].filter((name) => !needs.split(' ').includes(name)));
    const kept: FieldNode = {
      ...entities,
      selectionSet: { kind: Kind.SELECTION_SET, selections: keepFields(entities, fields) },
    };
    const selectionSet = { kind: Kind.SELECTION_SET as const, selections: [kept] };
    const used = variablesIn(selectionSet);
    const part: OperationDefinitionNode = {
      ...operation,
      variableDefinitions: (operation.variableDefinitions ?? []).filter((definition) =>
        used.has(definition.variable.name.value),
      ),
      selectionSet,
    };
    const definitions = document.definitions.map((each) => (each === operation ? part : each));
    return {
      ...step,
      variables: step.variables.filter((name) => used.has(name)),
      operation: stripIgnoredCharacters(print({ ...document, definitions })),
      requires: withoutNames(step.requires ?? [], dropped),
    };
  });
}

function variablesIn(node: ASTNode): Set<string> {
  const names = new Set<string>();
  visit(node, { Variable: ({ name }) => void names.add(name.value) });
  return names;
}

/** Returns the contested names a field of a subgraph requires, read from the planner's supergraph. */
function requiredNames(
  subgraph: string,
  contested: ReadonlySet<string>,
  planned: PlannerSupergraph,
): (typeName: string | undefined, fieldName: string) => string[] {
  const schema = planned.supergraph.subgraphs().get(subgraph)?.schema;
  return (typeName, fieldName) => {
    const type = typeName === undefined ? undefined : schema?.type(typeName);
    if (type?.kind !== 'ObjectType' && type?.kind !== 'InterfaceType') return [];
    const text = (type.field(fieldName)?.appliedDirectives ?? [])
      .filter(({ name }) => name === 'requires' || name === 'federation__requires')
      .map((applied) => JSON.stringify(applied.arguments()))
      .join(' ');
    return [...contested].filter((name) => new RegExp(`\\b${name}\\b`).test(text));
  };
}

function forEachField(
  selections: readonly SelectionNode[],
  on: string | undefined,
  onField: (field: FieldNode, on: string | undefined) => void,
): void {
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD) onField(selection, on);
    else if (selection.kind === Kind.INLINE_FRAGMENT) {
      forEachField(
        selection.selectionSet.selections,
        selection.typeCondition?.name.value ?? on,
        onField,
      );
    }
  }
}

function keepFields(
  node: { selectionSet?: { selections: readonly SelectionNode[] } },
  names: ReadonlySet<string>,
): SelectionNode[] {
  return (node.selectionSet?.selections ?? []).flatMap((selection): SelectionNode[] => {
    if (selection.kind === Kind.FIELD) {
      return names.has(selection.alias?.value ?? selection.name.value) ? [selection] : [];
    }
    if (selection.kind !== Kind.INLINE_FRAGMENT) return [selection];
    const kept = keepFields(selection, names);
    if (kept.length === 0) return [];
    return [{ ...selection, selectionSet: { kind: Kind.SELECTION_SET, selections: kept } }];
  });
}

function withoutNames(
  selections: readonly RequiredSelection[],
  dropped: ReadonlySet<string>,
): RequiredSelection[] {
  return selections.flatMap((selection): RequiredSelection[] => {
    if (selection.kind === 'field' && dropped.has(selection.name)) return [];
    if (!selection.selections) return [selection];
    return [{ ...selection, selections: withoutNames(selection.selections, dropped) }];
  });
}
