import { Kind, doTypesOverlap, isAbstractType, isCompositeType } from 'graphql';
import type {
  DirectiveNode,
  FieldNode,
  FragmentDefinitionNode,
  GraphQLInterfaceType,
  GraphQLObjectType,
  GraphQLSchema,
  SelectionSetNode,
} from 'graphql';

/** Values of the variables that `@skip` and `@include` hang on. */
export type Conditions = ReadonlyMap<string, boolean>;

export interface CollectScope {
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly conditions: Conditions;
}

/**
 * Collects the fields of an object type in the order clients see them (spec October 2021, §6.3.2, CollectFields).
 */
export function collectFields(
  type: GraphQLObjectType | GraphQLInterfaceType,
  sets: readonly SelectionSetNode[],
  scope: CollectScope,
): Map<string, FieldNode[]> {
  const fields = new Map<string, FieldNode[]>();
  const visited = new Set<string>();
  const collect = (set: SelectionSetNode): void => {
    for (const selection of set.selections) {
      if (!isIncluded(selection.directives, scope.conditions)) continue;
      if (selection.kind === Kind.FIELD) {
        const name = selection.alias?.value ?? selection.name.value;
        const same = fields.get(name);
        if (same) same.push(selection);
        else fields.set(name, [selection]);
        continue;
      }
      let fragment:
        | { typeCondition?: { name: { value: string } }; selectionSet: SelectionSetNode }
        | undefined = undefined;
      if (selection.kind === Kind.INLINE_FRAGMENT) fragment = selection;
      else if (!visited.has(selection.name.value)) {
        visited.add(selection.name.value);
        fragment = scope.fragments.get(selection.name.value);
      }
      if (!fragment) continue;
      const on = fragment.typeCondition?.name.value;
      if (on === undefined || fits(on, type, scope.schema)) collect(fragment.selectionSet);
    }
  };
  sets.forEach(collect);
  return fields;
}

/** Whether selections ask for more than an interface's own fields: which object type it is, or fields of one. */
export function needsObjectType(
  type: GraphQLInterfaceType,
  sets: readonly SelectionSetNode[],
  scope: CollectScope,
): boolean {
  return sets.some((set) =>
    set.selections.some((selection) => {
      if (!isIncluded(selection.directives, scope.conditions)) return false;
      if (selection.kind === Kind.FIELD) return selection.name.value === '__typename';
      const fragment =
        selection.kind === Kind.INLINE_FRAGMENT
          ? selection
          : scope.fragments.get(selection.name.value);
      if (!fragment) return false;
      const on = fragment.typeCondition?.name.value;
      if (on !== undefined && !fits(on, type, scope.schema)) {
        return asksAnything(on, fragment.selectionSet, scope);
      }
      return needsObjectType(type, [fragment.selectionSet], scope);
    }),
  );
}

/** Whether anything in a fragment is asked of any type: what is skipped, or never fits, has not been fetched. */
function asksAnything(on: string, set: SelectionSetNode, scope: CollectScope): boolean {
  return set.selections.some((selection) => {
    if (!isIncluded(selection.directives, scope.conditions)) return false;
    if (selection.kind === Kind.FIELD) return true;
    const fragment =
      selection.kind === Kind.INLINE_FRAGMENT
        ? selection
        : scope.fragments.get(selection.name.value);
    if (!fragment) return false;
    const inner = fragment.typeCondition?.name.value ?? on;
    return overlaps(on, inner, scope.schema) && asksAnything(inner, fragment.selectionSet, scope);
  });
}

function overlaps(one: string, other: string, schema: GraphQLSchema): boolean {
  const [type, condition] = [schema.getType(one), schema.getType(other)];
  return (
    one === other ||
    (isCompositeType(type) && isCompositeType(condition) && doTypesOverlap(schema, type, condition))
  );
}

function fits(
  on: string,
  type: GraphQLObjectType | GraphQLInterfaceType,
  schema: GraphQLSchema,
): boolean {
  if (on === type.name) return true;
  const condition = schema.getType(on);
  return isAbstractType(condition) && schema.isSubType(condition, type);
}

function isIncluded(
  directives: readonly DirectiveNode[] | undefined,
  conditions: Conditions,
): boolean {
  if (!directives) return true;
  for (const directive of directives) {
    const name = directive.name.value;
    if (name !== 'skip' && name !== 'include') continue;
    const value = directive.arguments?.[0]?.value;
    const holds =
      value?.kind === Kind.VARIABLE
        ? conditions.get(value.name.value) === true
        : value?.kind === Kind.BOOLEAN && value.value;
    if (holds === (name === 'skip')) return false;
  }
  return true;
}
