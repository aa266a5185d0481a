import { Kind, parse, print, stripIgnoredCharacters, visit } from 'graphql';
import type { ASTNode, FieldNode, OperationDefinitionNode, SelectionNode } from 'graphql';
import { conditionsOf } from './conditions-of.ts';
import type { FetchStep, RequiredSelection, StepCondition } from './plan.ts';
import type { PlannerSupergraph } from './supergraph-for-planner.ts';

type Facts = Pick<PlannerSupergraph, 'subgraphTypes' | 'chains'>;

/** A field at the top of what an entity step brings. */
export interface StepField {
  /** Its key in the subgraph's answer. */
  readonly dataName: string;
  readonly fieldName: string;
  /** The type condition it stands under. */
  readonly on: string | undefined;
  /** `@skip` and `@include` it stands under: all must hold, or it is not asked for. */
  readonly conditions: readonly StepCondition[];
}

/** What the subgraph must be told for a field, of the given names of a representation. */
export type NamesRequired = (field: StepField) => readonly string[];

/** Lists the fields at the top of what an entity step brings. Empty for other steps. */
export function topFields(step: FetchStep): StepField[] {
  const fields: StepField[] = [];
  const visitLevel = (
    selections: readonly SelectionNode[],
    above: Pick<StepField, 'on' | 'conditions'>,
  ): void => {
    for (const selection of selections) {
      const conditions = [...above.conditions, ...conditionsOf(selection.directives)];
      if (selection.kind === Kind.FIELD) {
        const fieldName = selection.name.value;
        const dataName = selection.alias?.value ?? fieldName;
        fields.push({ dataName, fieldName, on: above.on, conditions });
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        const on = selection.typeCondition?.name.value ?? above.on;
        visitLevel(selection.selectionSet.selections, { on, conditions });
      }
    }
  };
  const opened = openStep(step);
  const selections = opened?.entities.selectionSet?.selections ?? [];
  visitLevel(selections, { on: undefined, conditions: [] });
  return fields;
}

/**
 * Makes the part of an entity step that brings only some of its fields, with the variables it still uses.
 * @param kept keys in the subgraph's answer
 * @param dropped names that its representations need not carry any more
 */
export function partOfStep(
  step: FetchStep,
  kept: ReadonlySet<string>,
  dropped: ReadonlySet<string>,
): FetchStep {
  const opened = openStep(step);
  if (!opened) return step;
  const { document, operation, entities } = opened;
  const part: FieldNode = {
    ...entities,
    selectionSet: { kind: Kind.SELECTION_SET, selections: keepFields(entities, kept) },
  };
  const selectionSet = { kind: Kind.SELECTION_SET as const, selections: [part] };
  const used = variablesIn(selectionSet);
  const narrowed: OperationDefinitionNode = {
    ...operation,
    variableDefinitions: (operation.variableDefinitions ?? []).filter((definition) =>
      used.has(definition.variable.name.value),
    ),
    selectionSet,
  };
  const definitions = document.definitions.map((each) => (each === operation ? narrowed : each));
  return {
    ...step,
    variables: step.variables.filter((name) => used.has(name)),
    contexts: step.contexts.filter(({ variable }) => used.has(variable)),
    operation: stripIgnoredCharacters(print({ ...document, definitions })),
    requires: withoutNames(step.requires ?? [], dropped),
  };
}

/** Tells which of some names a subgraph's field requires. */
export function namesRequired(
  subgraph: string,
  names: ReadonlySet<string>,
  { subgraphTypes, chains }: Facts,
): NamesRequired {
  return ({ on, fieldName }) => {
    const chained = on && chains.fieldSetOf({ subgraph, on, fieldName });
    if (chained) return namesIn(chained, names);
    const type = on === undefined ? undefined : subgraphTypes.of(subgraph, on);
    return namesIn((type?.requires.get(fieldName) ?? []).join(' '), names);
  };
}

/** Tells which of some names are in keys of the types of a subgraph: they are told whatever is asked. */
export function namesInKeys(
  { subgraph, types }: { readonly subgraph: string; readonly types: Iterable<string | undefined> },
  names: ReadonlySet<string>,
  { subgraphTypes }: Pick<Facts, 'subgraphTypes'>,
): Set<string> {
  return new Set(
    [...types].flatMap((on) => {
      const type = on === undefined ? undefined : subgraphTypes.of(subgraph, on);
      const fieldSets = type?.keys.map(({ fieldSet }) => fieldSet).join(' ');
      return fieldSets === undefined ? [...names] : namesIn(fieldSets, names);
    }),
  );
}

function namesIn(text: string, names: ReadonlySet<string>): string[] {
  return [...names].filter((name) => new RegExp(`\\b${name}\\b`).test(text));
}

function openStep(step: FetchStep) {
  if (!step.requires) return undefined;
  const document = parse(step.operation, { noLocation: true });
  const operation = document.definitions.find(
    (each): each is OperationDefinitionNode => each.kind === Kind.OPERATION_DEFINITION,
  );
  const [entities] = operation?.selectionSet.selections ?? [];
  if (!operation || entities?.kind !== Kind.FIELD || !entities.selectionSet) return undefined;
  return { document, operation, entities };
}

/** Names of the variables that a part of an operation uses. */
export function variablesIn(node: ASTNode): Set<string> {
  const names = new Set<string>();
  visit(node, { Variable: ({ name }) => void names.add(name.value) });
  return names;
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
