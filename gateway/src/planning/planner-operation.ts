import { isAbstractType, Kind } from 'graphql';
import type {
  DirectiveNode,
  DocumentNode,
  FieldNode,
  GraphQLSchema,
  NamedTypeNode,
  SelectionNode,
  SelectionSetNode,
} from 'graphql';
import { GatewayError } from '../errors.ts';
import { fragmentsOf } from '../fragments-of.ts';
import type { PermittedOperation } from '../request.ts';
import type { InternalNames } from './internal-names.ts';
import {
  placeInField,
  placeInFragment,
  placeOf,
  type PlaceOfSelections,
} from './possible-types.ts';

/** A client's operation as the planner gets it: no fragments, internal names, nothing that was taken out. */
export interface PlannerOperation {
  /** Empty when no subgraph has to be asked: introspection only. */
  readonly selections: readonly SelectionNode[];
  /** How many selections there are with fragments expanded: what planning costs grows with it. */
  readonly size: number;
}

/** What operations are read by. */
export interface KnownTypes {
  /** What clients see. */
  readonly schema: GraphQLSchema;
  /** Names of the interfaces that some subgraph knows as an object type (`@interfaceObject`). */
  readonly interfaceObjects: ReadonlySet<string>;
}

/** An operation larger than this is refused: a few lines of nested fragments can expand to millions of fields. */
const maxSelections = 20_000;

const typenameField: FieldNode = {
  kind: Kind.FIELD,
  name: { kind: Kind.NAME, value: '__typename' },
};

/**
 * Prepares an operation for the planner. Fragments that no object can match are left out, and below interface objects those
 * on unions and other interfaces are told by object types: the planner fails on both.
 * @throws GatewayError when it expands to too many selections
 */
export function plannerOperation(
  permitted: PermittedOperation,
  names: InternalNames,
  { schema, interfaceObjects }: KnownTypes,
): PlannerOperation {
  const { document, operation } = permitted.prepared;
  const fragments = fragmentsOf(document);
  let size = 0;
  const root = placeOf(schema, schema.getRootType(operation.operation));
  const selected = permitted.planned?.() ?? operation.selectionSet;
  return { selections: expand(selected, root, true), size };

  function expand(
    set: SelectionSetNode,
    place: PlaceOfSelections,
    isRoot: boolean,
  ): SelectionNode[] {
    return set.selections.flatMap((selection): readonly SelectionNode[] => {
      const directives = conditionsOf(selection.directives);
      if (directives === 'never') return [];
      size += 1;
      if (size > maxSelections) {
        throw new GatewayError(
          'GRAPHQL_VALIDATION_FAILED',
          `The operation expands to more than ${maxSelections} selections. Ask for less at once.`,
        );
      }
      if (selection.kind === Kind.FIELD) return expandField(selection, directives, place, isRoot);
      const fragment =
        selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection;
      if (!fragment) return [];
      return conditionsFor(place, fragment.typeCondition?.name.value).flatMap((condition) => {
        const inside = placeInFragment(schema, place, condition);
        const inner = inside ? expand(fragment.selectionSet, inside, isRoot) : [];
        return inner.length > 0 ? [inlineFragment(condition, directives, inner)] : [];
      });
    });
  }

  /** The type conditions to ask for in place of one: of what an interface object may be, the planner knows object types only. */
  function conditionsFor(
    place: PlaceOfSelections,
    condition: string | undefined,
  ): readonly (string | undefined)[] {
    const on = place.type?.name;
    if (condition === undefined || condition === on || !on) return [condition];
    const isKnown = !interfaceObjects.has(on) || !isAbstractType(schema.getType(condition));
    if (isKnown) return [condition];
    return (placeInFragment(schema, place, condition)?.possible ?? []).map(({ name }) => name);
  }

  function expandField(
    field: FieldNode,
    directives: readonly DirectiveNode[],
    place: PlaceOfSelections,
    isRoot: boolean,
  ): FieldNode[] {
    if (field.name.value === '__typename') return isRoot ? [] : [typenameField];
    if (isRoot && field.name.value.startsWith('__')) return [];
    const internalName = names.of(field);
    const inside = placeInField(schema, place, field.name.value);
    const inner = field.selectionSet && expand(field.selectionSet, inside, false);
    return [
      {
        kind: Kind.FIELD,
        name: field.name,
        arguments: field.arguments ?? [],
        directives,
        ...(internalName === field.name.value
          ? {}
          : { alias: { kind: Kind.NAME, value: internalName } }),
        // Whether the object is there must be known even when nothing inside it is wanted.
        ...(inner
          ? {
              selectionSet: {
                kind: Kind.SELECTION_SET,
                selections: inner.some((each) => isCertain(each))
                  ? inner
                  : [...inner, typenameField],
              },
            }
          : {}),
      },
    ];
  }
}

function inlineFragment(
  condition: string | undefined,
  directives: readonly DirectiveNode[],
  selections: readonly SelectionNode[],
): SelectionNode {
  const name: NamedTypeNode | undefined =
    condition === undefined
      ? undefined
      : { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: condition } };
  return {
    kind: Kind.INLINE_FRAGMENT,
    directives,
    selectionSet: { kind: Kind.SELECTION_SET, selections },
    ...(name ? { typeCondition: name } : {}),
  };
}

/**
 * Whether a selection is asked whatever the variables and types are. Without one the planner may find that nothing is
 * left and leave the whole object out: `a @include(if: $x) { b @skip(if: $x) }` is an empty object, not a missing one,
 * and so is `cat { ... on Animal { ... on Dog { b } } }`.
 * @param on the type condition of the fragment around: in a valid operation it fits, what is inside it may not
 */
function isCertain(selection: SelectionNode, on?: string): boolean {
  if (selection.directives !== undefined && selection.directives.length > 0) return false;
  if (selection.kind !== Kind.INLINE_FRAGMENT) return true;
  const condition = selection.typeCondition?.name.value;
  if (on !== undefined && condition !== undefined && condition !== on) return false;
  return selection.selectionSet.selections.some((inner) => isCertain(inner, condition ?? on));
}

/** Keeps `@skip` and `@include` that hang on a variable; constant ones are decided here. */
function conditionsOf(directives: readonly DirectiveNode[] = []): DirectiveNode[] | 'never' {
  const kept: DirectiveNode[] = [];
  for (const directive of directives) {
    const name = directive.name.value;
    if (name !== 'skip' && name !== 'include') continue;
    const value = directive.arguments?.find((argument) => argument.name.value === 'if')?.value;
    if (value?.kind === Kind.BOOLEAN) {
      if (value.value === (name === 'skip')) return 'never';
    } else kept.push(directive);
  }
  return kept;
}

/** Wraps selections into a document of the given operation's kind and variables. */
export function documentOf(
  permitted: PermittedOperation,
  selections: readonly SelectionNode[],
): DocumentNode {
  const { operation } = permitted.prepared;
  return {
    kind: Kind.DOCUMENT,
    definitions: [
      {
        kind: Kind.OPERATION_DEFINITION,
        operation: operation.operation,
        variableDefinitions: operation.variableDefinitions ?? [],
        selectionSet: { kind: Kind.SELECTION_SET, selections },
      },
    ],
  };
}
