import {
  getNamedType,
  isAbstractType,
  isCompositeType,
  Kind,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLObjectType,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql';
import { fragmentsOf } from '../fragments-of.ts';
import type { PreparedOperation } from '../operation/prepared-operation.ts';
import type { RuleTable } from './rule-table.ts';

/** Where the rules of a table meet an operation. */
export interface TouchedFields {
  /** Whether a field of the operation's root has a rule. */
  readonly touchesRoot: boolean;
  /** Coordinates with a rule below the root, by every object type that may stand there. */
  readonly nested: readonly string[];
}

/** The object types that may stand where a type is declared. */
export function possibleTypes(
  schema: GraphQLSchema,
  type: GraphQLCompositeType,
): readonly GraphQLObjectType[] {
  return isAbstractType(type) ? schema.getPossibleTypes(type) : [type];
}

/**
 * Finds the ruled fields an operation asks for, through aliases, fragments, interfaces and unions. Each fragment is
 * looked at once, so the work grows with the text and not with what it expands to. Undefined when there is none.
 */
export function findTouchedFields(
  prepared: PreparedOperation,
  schema: GraphQLSchema,
  table: RuleTable,
): TouchedFields | undefined {
  const fragments = fragmentsOf(prepared.document);
  const nested = new Set<string>();
  const seen = new Set<string>();
  let touchesRoot = false;

  const visit = (set: SelectionSetNode, type: GraphQLCompositeType, isRoot: boolean): void => {
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) {
        const name = selection.name.value;
        for (const possible of possibleTypes(schema, type)) {
          const coordinate = `${possible.name}.${name}`;
          if (!table.has(coordinate)) continue;
          if (isRoot) touchesRoot = true;
          else nested.add(coordinate);
        }
        const child = selection.selectionSet && childType(type, name, schema);
        if (child && selection.selectionSet) visit(selection.selectionSet, child, false);
        continue;
      }
      let fragment: FragmentDefinitionNode | typeof selection | undefined = selection;
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        const key = `${selection.name.value} ${isRoot}`;
        if (seen.has(key)) continue;
        seen.add(key);
        fragment = fragments.get(selection.name.value);
      }
      if (!fragment || !('selectionSet' in fragment)) continue;
      const on = fragment.typeCondition && schema.getType(fragment.typeCondition.name.value);
      visit(fragment.selectionSet, isCompositeType(on) ? on : type, isRoot);
    }
  };
  const root = schema.getRootType(prepared.operation.operation);
  if (root) visit(prepared.operation.selectionSet, root, true);
  return touchesRoot || nested.size > 0 ? { touchesRoot, nested: [...nested].sort() } : undefined;
}

/** Whether an operation has introspection fields: they can only stand at its root. */
export function asksForSchema(prepared: PreparedOperation): boolean {
  const fragments = fragmentsOf(prepared.document);
  const seen = new Set<string>();
  const asks = (set: SelectionSetNode): boolean =>
    set.selections.some((selection) => {
      if (selection.kind === Kind.FIELD) return /^__(schema|type)$/.test(selection.name.value);
      if (selection.kind === Kind.INLINE_FRAGMENT) return asks(selection.selectionSet);
      if (seen.has(selection.name.value)) return false;
      seen.add(selection.name.value);
      const fragment = fragments.get(selection.name.value);
      return fragment !== undefined && asks(fragment.selectionSet);
    });
  return asks(prepared.operation.selectionSet);
}

/** The composite type that a field gives, if it gives one. */
export function childType(
  type: GraphQLCompositeType,
  fieldName: string,
  schema: GraphQLSchema,
): GraphQLCompositeType | undefined {
  const fields = 'getFields' in type ? type.getFields() : {};
  const introspection = fieldName === '__schema' ? '__Schema' : '__Type';
  const named = fieldName.startsWith('__')
    ? schema.getType(introspection)
    : Object.hasOwn(fields, fieldName)
      ? getNamedType(fields[fieldName]?.type)
      : undefined;
  return isCompositeType(named) ? named : undefined;
}

/** The fields of the root that a request really asks for: one node each, by response name. */
export function collectRootFields(
  prepared: PreparedOperation,
  variables: Readonly<Record<string, unknown>>,
): Map<string, FieldNode> {
  const fragments = fragmentsOf(prepared.document);
  const fields = new Map<string, FieldNode>();
  const seen = new Set<string>();
  const collect = (set: SelectionSetNode): void => {
    for (const selection of set.selections) {
      if (!isIncluded(selection, variables)) continue;
      if (selection.kind === Kind.FIELD) {
        const name = selection.alias?.value ?? selection.name.value;
        if (!fields.has(name)) fields.set(name, selection);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) collect(selection.selectionSet);
      else if (!seen.has(selection.name.value)) {
        seen.add(selection.name.value);
        const fragment = fragments.get(selection.name.value);
        if (fragment) collect(fragment.selectionSet);
      }
    }
  };
  collect(prepared.operation.selectionSet);
  return fields;
}

function isIncluded(
  { directives = [] }: SelectionSetNode['selections'][number],
  variables: Readonly<Record<string, unknown>>,
): boolean {
  return directives.every((directive) => {
    const name = directive.name.value;
    if (name !== 'skip' && name !== 'include') return true;
    const value = directive.arguments?.find((each) => each.name.value === 'if')?.value;
    const given =
      value?.kind === Kind.VARIABLE
        ? variables[value.name.value] === true
        : value?.kind === Kind.BOOLEAN && value.value;
    return given === (name === 'include');
  });
}
