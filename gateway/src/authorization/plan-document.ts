import {
  isAbstractType,
  isCompositeType,
  Kind,
  type DirectiveNode,
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
  type InlineFragmentNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { fragmentsOf } from '../fragments-of.ts';
import type { Guard } from '../request.ts';
import type { PreparedOperation } from '../operation/prepared-operation.ts';
import { childType, possibleTypes } from './touched-fields.ts';

export interface PlanDocumentInput {
  readonly prepared: PreparedOperation;
  readonly schema: GraphQLSchema;
  readonly removed: ReadonlySet<string>;
  readonly guarded: ReadonlyMap<string, Guard>;
}

const typename: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

/**
 * Writes what is planned in place of the client's operation: without what was taken out, and with what rules read of
 * the parents of guarded fields. What rules read gets names of the planner (planning/internal-names.ts), which no alias
 * of a client can be: so no client can choose what a rule sees. Fragments are shared, not copied.
 */
export function makePlanDocument(input: PlanDocumentInput): SelectionSetNode {
  const { prepared, schema, removed, guarded } = input;
  const fragments = fragmentsOf(prepared.document);
  const rewritten = new Map<string, SelectionSetNode>();

  function rewrite(
    set: SelectionSetNode,
    type: GraphQLCompositeType,
    isRoot: boolean,
  ): SelectionSetNode {
    const selections = set.selections.flatMap((selection): readonly SelectionNode[] => {
      if (selection.kind === Kind.FIELD) return rewriteField(selection, type, isRoot);
      const condition =
        selection.kind === Kind.INLINE_FRAGMENT
          ? selection.typeCondition
          : fragments.get(selection.name.value)?.typeCondition;
      const on = condition && schema.getType(condition.name.value);
      const inner = isCompositeType(on) ? on : type;
      const { directives = [] } = selection;
      const selectionSet =
        selection.kind === Kind.INLINE_FRAGMENT
          ? rewrite(selection.selectionSet, inner, isRoot)
          : rewriteFragment(selection.name.value, inner, isRoot);
      if (!selectionSet || selectionSet.selections.length === 0) return [];
      return [
        {
          kind: Kind.INLINE_FRAGMENT,
          directives,
          selectionSet,
          ...(condition ? { typeCondition: condition } : {}),
        },
      ];
    });
    return { kind: Kind.SELECTION_SET, selections };
  }

  function rewriteFragment(
    name: string,
    type: GraphQLCompositeType,
    isRoot: boolean,
  ): SelectionSetNode | undefined {
    const key = `${name} ${isRoot}`;
    const fragment = fragments.get(name);
    if (!fragment) return undefined;
    let set = rewritten.get(key);
    if (!set) rewritten.set(key, (set = rewrite(fragment.selectionSet, type, isRoot)));
    return set;
  }

  function rewriteField(
    field: FieldNode,
    type: GraphQLCompositeType,
    isRoot: boolean,
  ): readonly SelectionNode[] {
    const name = field.name.value;
    if (isRoot) {
      if (removed.has(field.alias?.value ?? name)) return [];
      return [withChildren(field, type)];
    }
    const possible = possibleTypes(schema, type).map((each) => each.name);
    const isRuled = possible.some(
      (each) => removed.has(`${each}.${name}`) || guarded.has(`${each}.${name}`),
    );
    if (!isRuled) return [withChildren(field, type)];
    const allowed = possible.filter((each) => !removed.has(`${each}.${name}`));
    const whole = withChildren(field, type);
    const { directives = [] } = field;
    const selections: SelectionNode[] =
      allowed.length === possible.length
        ? [whole]
        : allowed.map((each) => onType(each, directives, [whole]));
    if (isAbstractType(type)) selections.push(typename);
    for (const each of allowed) {
      const inputs = guarded.get(`${each}.${name}`)?.inputs ?? [];
      if (inputs.length > 0) selections.push(onType(each, directives, inputs));
    }
    return selections;
  }

  function withChildren(field: FieldNode, type: GraphQLCompositeType): FieldNode {
    const child = field.selectionSet && childType(type, field.name.value, schema);
    if (!child || !field.selectionSet) return field;
    return { ...field, selectionSet: rewrite(field.selectionSet, child, false) };
  }

  const root = schema.getRootType(prepared.operation.operation);
  return root
    ? rewrite(prepared.operation.selectionSet, root, true)
    : prepared.operation.selectionSet;
}

function onType(
  name: string,
  directives: readonly DirectiveNode[],
  selections: readonly SelectionNode[],
): InlineFragmentNode {
  return {
    kind: Kind.INLINE_FRAGMENT,
    typeCondition: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: name } },
    directives,
    selectionSet: { kind: Kind.SELECTION_SET, selections },
  };
}
