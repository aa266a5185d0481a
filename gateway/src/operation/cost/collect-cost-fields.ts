import {
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  Kind,
  type DirectiveNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql';
import type { CoercedVariables } from '../coerce-variables.ts';
import type { AnyField } from './list-size.ts';

/** Whether a selection counts, where `@skip` or `@include` hangs on a variable. */
export type Condition = (variables: CoercedVariables) => boolean;

/** A field of a selection set, with everything that is selected below it by any of its occurrences. */
export interface CostField {
  readonly node: FieldNode;
  readonly responseName: string;
  readonly parent: GraphQLCompositeType;
  /** Undefined for `__schema` and `__type`. */
  readonly definition: AnyField | undefined;
  readonly condition: Condition | undefined;
  readonly selectionSets: SelectionSetNode[];
}

export interface CollectInput {
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
}

/**
 * The fields of selection sets at one place. What several fragments ask alike counts once; fields of different types
 * are all counted, although an object has only one.
 */
export function collectCostFields(
  sets: readonly SelectionSetNode[],
  parent: GraphQLCompositeType,
  input: CollectInput,
): CostField[] {
  const fields = new Map<string, CostField>();
  for (const set of sets) collect(set, { parent, condition: undefined }, { ...input, fields });
  return [...fields.values()];
}

interface Place {
  readonly parent: GraphQLCompositeType;
  readonly condition: Condition | undefined;
}

interface Collection extends CollectInput {
  readonly fields: Map<string, CostField>;
}

function collect(set: SelectionSetNode, place: Place, collection: Collection): void {
  for (const selection of set.selections) {
    const own = readCondition(selection.directives);
    if (own === 'never') continue;
    const condition = both(place.condition, own);
    if (selection.kind === Kind.FIELD) {
      addField(selection, { parent: place.parent, condition }, collection.fields);
      continue;
    }
    const fragment =
      selection.kind === Kind.FRAGMENT_SPREAD
        ? collection.fragments.get(selection.name.value)
        : selection;
    if (!fragment) continue;
    const type = fragment.typeCondition
      ? collection.schema.getType(fragment.typeCondition.name.value)
      : place.parent;
    const parent = type && isCompositeType(type) ? type : place.parent;
    collect(fragment.selectionSet, { parent, condition }, collection);
  }
}

function addField(
  node: FieldNode,
  { parent, condition }: Place,
  fields: Map<string, CostField>,
): void {
  if (node.name.value === '__typename') return;
  const responseName = (node.alias ?? node.name).value;
  const sets = node.selectionSet ? [node.selectionSet] : [];
  const key = condition ? `${fields.size}` : `${responseName} ${parent.name}`;
  const known = fields.get(key);
  if (known) {
    known.selectionSets.push(...sets);
    return;
  }
  const definition = definitionOf(node, parent);
  fields.set(key, { node, responseName, parent, definition, condition, selectionSets: sets });
}

function definitionOf(node: FieldNode, parent: GraphQLCompositeType): AnyField | undefined {
  if (!isObjectType(parent) && !isInterfaceType(parent)) return undefined;
  return parent.getFields()[node.name.value];
}

/** The composite type below a field; undefined for leaves and introspection. */
export function typeBelow({ definition }: CostField): GraphQLCompositeType | undefined {
  const named = definition && getNamedType(definition.type);
  return named && isCompositeType(named) ? named : undefined;
}

function both(first: Condition | undefined, second: Condition | undefined): Condition | undefined {
  if (!first || !second) return first ?? second;
  return (variables) => first(variables) && second(variables);
}

function readCondition(directives: readonly DirectiveNode[] = []): Condition | 'never' | undefined {
  let condition: Condition | undefined;
  for (const { name, arguments: given } of directives) {
    const wanted = name.value === 'include' ? true : name.value === 'skip' ? false : undefined;
    const value = given?.find((argument) => argument.name.value === 'if')?.value;
    if (wanted === undefined || !value) continue;
    if (value.kind === Kind.BOOLEAN && value.value !== wanted) return 'never';
    if (value.kind !== Kind.VARIABLE) continue;
    const variable = value.name.value;
    condition = both(condition, (variables) => variables[variable] === wanted);
  }
  return condition;
}
