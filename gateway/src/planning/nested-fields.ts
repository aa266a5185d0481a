import { Kind, parse, print, stripIgnoredCharacters } from 'graphql';
import type { FieldNode, SelectionNode, SelectionSetNode } from 'graphql';
import { conditionsOf } from './conditions-of.ts';
import { inputsOf, isForeign, pathsOf } from './entity-needs.ts';
import type { FetchStep, StepCondition } from './plan.ts';
import type { PlannerSupergraph } from './supergraph-for-planner.ts';

/** A field inside what a step brings: not of the entities themselves. */
export interface NestedField {
  /** From the root of the answer, in the plan's names. */
  readonly path: readonly string[];
  readonly on: string;
  readonly fieldName: string;
  readonly dataName: string;
  readonly conditions: readonly StepCondition[];
}

/** Where a selection stands in a subgraph's schema. */
interface Spot {
  readonly type: string | undefined;
  readonly path: readonly string[];
  readonly conditions: readonly StepCondition[];
  /** Whether these are fields of the entities that representations stand for. */
  readonly isTop: boolean;
  /** What the subgraph knows here although others own it (`@provides`), as dotted paths. */
  readonly provided: readonly string[];
}

/** Lists fields with `@requires` where nothing can be told for them. */
export function nestedComputedFields(step: FetchStep, planned: PlannerSupergraph): NestedField[] {
  const found: NestedField[] = [];
  walk(step, planned, (field, spot) => {
    const { type: on = '', path } = spot;
    const fieldName = field.name.value;
    const inputs = spot.isTop ? [] : inputsOf(step.subgraph, { on, fieldName }, planned);
    if (!inputs.every((input) => spot.provided.includes(input))) {
      const dataName = (field.alias ?? field.name).value;
      const conditions = [...spot.conditions, ...conditionsOf(field.directives)];
      found.push({ path, on, fieldName, dataName, conditions });
    }
    return true;
  });
  return found;
}

/** A step without some nested fields, and without those beside them that its subgraph does not own. */
export function withoutNested(
  step: FetchStep,
  dropped: readonly NestedField[],
  planned: PlannerSupergraph,
): FetchStep {
  if (dropped.length === 0) return step;
  const operation = walk(step, planned, (field, { type: on = '', path }) => {
    const fieldName = field.name.value;
    const beside = dropped.filter(
      (each) => each.on === on && each.path.join('.') === path.join('.'),
    );
    if (beside.some(({ dataName }) => dataName === (field.alias ?? field.name).value)) return false;
    const inputs = beside.flatMap((each) => inputsOf(step.subgraph, each, planned));
    const isInput = inputs.some((each) => each.split('.')[0] === fieldName);
    return !isInput || !isForeign(step.subgraph, { on, fieldName }, planned);
  });
  return { ...step, operation };
}

/** Visits every field of a step's operation; those a visit returns false for are left out of the text it returns. */
function walk(
  step: FetchStep,
  { supergraph }: PlannerSupergraph,
  visitField: (field: FieldNode, spot: Spot) => boolean,
): string {
  const schema = supergraph.subgraphs().get(step.subgraph)?.schema;
  const definitionOf = (typeName: string | undefined, fieldName: string) => {
    const type = typeName === undefined ? undefined : schema?.type(typeName);
    if (type?.kind !== 'ObjectType' && type?.kind !== 'InterfaceType') return undefined;
    return type.field(fieldName);
  };
  const typeOfField = (typeName: string | undefined, fieldName: string): string | undefined => {
    let fieldType: unknown = definitionOf(typeName, fieldName)?.type;
    while (typeof fieldType === 'object' && fieldType !== null && 'ofType' in fieldType) {
      fieldType = fieldType.ofType;
    }
    const named = fieldType as { readonly name?: string } | undefined;
    return named?.name;
  };
  const visitSet = (set: SelectionSetNode, spot: Spot): SelectionSetNode => ({
    ...set,
    selections: withTypename(set.selections.flatMap((each) => visitSelection(each, spot))),
  });
  const visitSelection = (selection: SelectionNode, spot: Spot): SelectionNode[] => {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return [selection];
    const conditions = [...spot.conditions, ...conditionsOf(selection.directives)];
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      const type = selection.typeCondition?.name.value ?? spot.type;
      return [
        {
          ...selection,
          selectionSet: visitSet(selection.selectionSet, { ...spot, type, conditions }),
        },
      ];
    }
    const name = selection.name.value;
    if (name === '_entities' && selection.selectionSet) {
      const inner: Spot = {
        type: undefined,
        path: step.path,
        conditions,
        isTop: true,
        provided: [],
      };
      return [{ ...selection, selectionSet: visitSet(selection.selectionSet, inner) }];
    }
    if (!visitField(selection, spot)) return [];
    if (!selection.selectionSet) return [selection];
    const directives = definitionOf(spot.type, name)?.appliedDirectives ?? [];
    const inner: Spot = {
      provided: [
        ...pathsOf(directives, 'provides'),
        ...spot.provided.flatMap((path) =>
          path.startsWith(`${name}.`) ? [path.slice(name.length + 1)] : [],
        ),
      ],
      type: typeOfField(spot.type, name),
      path: [...spot.path, (selection.alias ?? selection.name).value],
      conditions,
      isTop: false,
    };
    return [{ ...selection, selectionSet: visitSet(selection.selectionSet, inner) }];
  };
  const document = parse(step.operation, { noLocation: true });
  const definitions = document.definitions.map((definition) => {
    if (definition.kind !== Kind.OPERATION_DEFINITION) return definition;
    const type = schema?.schemaDefinition.rootType(definition.operation)?.name;
    const spot: Spot = { type, path: [], conditions: [], isTop: false, provided: [] };
    return { ...definition, selectionSet: visitSet(definition.selectionSet, spot) };
  });
  return stripIgnoredCharacters(print({ ...document, definitions }));
}

function withTypename(selections: readonly SelectionNode[]): readonly SelectionNode[] {
  if (selections.length > 0) return selections;
  return [{ kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } }];
}
