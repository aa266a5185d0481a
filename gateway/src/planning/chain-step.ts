import { Kind, parse, print, stripIgnoredCharacters, visit } from 'graphql';
import type { DocumentNode, FieldNode, SelectionNode, SelectionSetNode } from 'graphql';
import { canBeBoth } from './can-be-both.ts';
import { parseFieldSet } from './chains.ts';
import { conditionsOf } from './conditions-of.ts';
import { namesInKeys, variablesIn } from './part-of-step.ts';
import type { FetchStep, RequiredSelection } from './plan.ts';
import type { Spot } from './rewrite-step.ts';
import type { PlannerSupergraph } from './supergraph-for-planner.ts';
import { toldPaths } from './told-paths.ts';

/** A field that must be fetched for itself, and the object type (or interface object) it is of. */
export interface ChainField {
  readonly field: FieldNode;
  readonly spot: Spot;
  readonly on: string;
  readonly fieldSet: string;
  /** By which its subgraph finds such objects. */
  readonly key: string;
}

/** Makes the entity step for fields of the same objects with the same inputs, which stood in another step. */
export function makeChainStep(
  found: readonly [ChainField, ...ChainField[]],
  from: FetchStep,
  { id, planned }: { readonly id: number; readonly planned: PlannerSupergraph },
): FetchStep {
  const [{ on, spot, field, fieldSet, key }] = found;
  const operation = operationFor(from, {
    on,
    fields: found.map((each) => withoutConditions(each.field)),
  });
  const used = variablesIn(operation);
  const inputs = requiredSelections(parseFieldSet(fieldSet), planned);
  const own = requiredSelections(parseFieldSet(key), planned);
  return {
    ...from,
    id,
    kind: 'query',
    path: spot.path,
    requires: [
      ...(spot.isTop ? keysIn(from, on, planned) : []),
      {
        kind: 'fragment',
        on,
        selections: [typenameRequired, ...(spot.isTop ? [] : own), ...inputs],
      },
    ],
    operation: stripIgnoredCharacters(print(operation)),
    variables: from.variables.filter((name) => used.has(name)),
    conditions: [...from.conditions, ...spot.conditions, ...conditionsOf(field.directives)],
    typenames: spot.isTop ? from.typenames : typenamesFor(on, planned),
    contexts: from.contexts.filter(({ variable }) => used.has(variable)),
  };
}

/** What a step tells of objects of a type so that they are found. */
function keysIn(step: FetchStep, on: string, planned: PlannerSupergraph): RequiredSelection[] {
  const requires = step.requires ?? [];
  const names = new Set(toldPaths(requires, on, planned).map((path) => path.split('.')[0] ?? ''));
  const inKeys = namesInKeys({ subgraph: step.subgraph, types: [on] }, names, planned);
  const keep = (selections: readonly RequiredSelection[]): RequiredSelection[] =>
    selections.flatMap((selection): RequiredSelection[] => {
      if (selection.kind === 'field') {
        return selection.name === '__typename' || inKeys.has(selection.name) ? [selection] : [];
      }
      if (!canBeBoth(on, selection.on, planned)) return [];
      return [{ ...selection, selections: keep(selection.selections) }];
    });
  return keep(requires);
}

/** Elsewhere an interface object is an object of some type. */
function typenamesFor(on: string, { supergraph }: PlannerSupergraph): FetchStep['typenames'] {
  const isInterface = supergraph.schema.type(on)?.kind === 'InterfaceType';
  return isInterface ? [{ path: [`... on ${on}`], typename: on }] : [];
}

function requiredSelections(
  { selections }: SelectionSetNode,
  planned: PlannerSupergraph,
): RequiredSelection[] {
  return selections.flatMap((selection): RequiredSelection[] => {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return [];
    const inner = selection.selectionSet && requiredSelections(selection.selectionSet, planned);
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      const on = selection.typeCondition?.name.value;
      return [{ kind: 'fragment', on, selections: inner ?? [] }];
    }
    const name = selection.name.value;
    const writtenAs = planned.virtualFields.originalName(name);
    return [{ kind: 'field', name, writtenAs, selections: inner }];
  });
}

const typenameRequired: RequiredSelection = {
  kind: 'field',
  name: '__typename',
  writtenAs: '__typename',
  selections: undefined,
};

export const typenameField: FieldNode = {
  kind: Kind.FIELD,
  name: { kind: Kind.NAME, value: '__typename' },
};

function operationFor(
  from: FetchStep,
  { on, fields }: { readonly on: string; readonly fields: readonly FieldNode[] },
): DocumentNode {
  const document = parse(
    `query($representations:[_Any!]!){_entities(representations:$representations){...on ${on}{__typename}}}`,
    { noLocation: true },
  );
  const used = new Set(fields.flatMap((field) => [...variablesIn(field)]));
  const given = parse(from.operation, { noLocation: true }).definitions.flatMap((each) =>
    each.kind === Kind.OPERATION_DEFINITION ? (each.variableDefinitions ?? []) : [],
  );
  return visit(document, {
    OperationDefinition: (operation) => ({
      ...operation,
      variableDefinitions: [
        ...(operation.variableDefinitions ?? []),
        ...given.filter(({ variable }) => used.has(variable.name.value)),
      ],
    }),
    InlineFragment: () => onType(on, fields),
  });
}

/** Selections for objects of a type only. */
export function onType(on: string, selections: readonly SelectionNode[]): SelectionNode {
  return {
    kind: Kind.INLINE_FRAGMENT,
    typeCondition: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: on } },
    selectionSet: { kind: Kind.SELECTION_SET, selections },
  };
}

/** A field without the conditions that decide whether its step runs. */
function withoutConditions(field: FieldNode): FieldNode {
  const directives = (field.directives ?? []).filter((each) => conditionsOf([each]).length === 0);
  return { ...field, directives };
}
