import { baseType } from '@apollo/federation-internals';
import { Kind, parse, print, stripIgnoredCharacters } from 'graphql';
import type { FieldNode, SelectionNode, SelectionSetNode } from 'graphql';
import { conditionsOf } from './conditions-of.ts';
import { variablesIn } from './part-of-step.ts';
import type { FetchStep, StepCondition } from './plan.ts';
import type { PlannerSupergraph } from './supergraph-for-planner.ts';

/** Where a field of a step's operation stands. */
export interface Spot {
  /** Its type in the subgraph's schema; undefined where that is not known. */
  readonly on: string | undefined;
  /** From the root of the answer to the object, in the plan's names. */
  readonly path: readonly string[];
  /** `@skip` and `@include` around it, without its own. */
  readonly conditions: readonly StepCondition[];
  /** Whether this is a field of the entities that representations stand for. */
  readonly isTop: boolean;
}

/**
 * Puts other selections in the place of fields of a step's operation.
 * @param replace called for every field, outer ones first; the same field alone leaves it as it is, but for what is in it
 */
export function rewriteStep(
  step: FetchStep,
  { supergraph }: PlannerSupergraph,
  replace: (field: FieldNode, spot: Spot) => readonly SelectionNode[],
): FetchStep {
  const schema = supergraph.subgraphs().get(step.subgraph)?.schema;
  let isChanged = false;
  const typeOfField = (on: string | undefined, name: string): string | undefined => {
    const type = on === undefined ? undefined : schema?.type(on);
    if (type?.kind !== 'ObjectType' && type?.kind !== 'InterfaceType') return undefined;
    const fieldType = type.field(name)?.type;
    return fieldType && baseType(fieldType).name;
  };
  const visitSet = (set: SelectionSetNode, spot: Spot): SelectionSetNode => ({
    ...set,
    selections: withTypename(set.selections.flatMap((each) => visitSelection(each, spot))),
  });
  const visitSelection = (selection: SelectionNode, spot: Spot): SelectionNode[] => {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return [selection];
    const conditions = [...spot.conditions, ...conditionsOf(selection.directives)];
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      const on = selection.typeCondition?.name.value ?? spot.on;
      const inner = visitSet(selection.selectionSet, { ...spot, on, conditions });
      return [{ ...selection, selectionSet: inner }];
    }
    const name = selection.name.value;
    if (step.requires && name === '_entities' && spot.path === root.path) {
      const top: Spot = { on: undefined, path: step.path, conditions, isTop: true };
      return [withSelections(selection, top)];
    }
    const replaced = replace(selection, spot);
    isChanged ||= replaced.length !== 1 || replaced[0] !== selection;
    return replaced.map((each) => {
      if (each !== selection) return each;
      const dataName = (selection.alias ?? selection.name).value;
      const path = [...spot.path, originals.get(dataName) ?? dataName];
      return withSelections(selection, {
        on: typeOfField(spot.on, name),
        path,
        conditions,
        isTop: false,
      });
    });
  };
  const withSelections = (field: FieldNode, spot: Spot): FieldNode =>
    field.selectionSet ? { ...field, selectionSet: visitSet(field.selectionSet, spot) } : field;
  const originals = new Map(step.renames.map(({ path, to }) => [path.at(-1), to]));
  const document = parse(step.operation, { noLocation: true });
  const type = schema?.schemaDefinition.rootType(step.kind)?.name;
  const root: Spot = { on: type, path: [], conditions: [], isTop: false };
  const used = new Set<string>();
  const definitions = document.definitions.map((definition) => {
    if (definition.kind !== Kind.OPERATION_DEFINITION) return definition;
    const selectionSet = visitSet(definition.selectionSet, root);
    for (const name of variablesIn(selectionSet)) used.add(name);
    // A variable that nothing uses is refused (GraphQL specification October 2021, §5.8.4).
    const variableDefinitions = (definition.variableDefinitions ?? []).filter(({ variable }) =>
      used.has(variable.name.value),
    );
    return { ...definition, variableDefinitions, selectionSet };
  });
  if (!isChanged) return step;
  return {
    ...step,
    variables: step.variables.filter((name) => used.has(name)),
    contexts: step.contexts.filter(({ variable }) => used.has(variable)),
    operation: stripIgnoredCharacters(print({ ...document, definitions })),
  };
}

function withTypename(selections: readonly SelectionNode[]): readonly SelectionNode[] {
  if (selections.length > 0) return selections;
  return [{ kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } }];
}
