import { isAbstractType, isCompositeType, getNamedType, Kind } from 'graphql';
import type {
  FieldNode,
  FragmentDefinitionNode,
  GraphQLObjectType,
  GraphQLSchema,
  InlineFragmentNode,
  SelectionSetNode,
} from 'graphql';
import type { InternalNames } from '../planning/internal-names.ts';
import type { Guard } from '../request.ts';
import type { Position } from './position.ts';
import type { TypeRelations } from './type-relations.ts';

/** A field whose every object is decided by itself: one response name at one place. */
export interface GuardPoint {
  readonly id: number;
  /** Where the objects are that have the field. */
  readonly position: Position;
  /** The field's internal name there. */
  readonly name: string;
  /** How the field is guarded, by the object's type. Types that anybody may see are not in it. */
  readonly byType: Map<string, { readonly coordinate: string; readonly node: FieldNode }>;
  /** All object types that can stand at the position. */
  readonly possible: Set<string>;
  /** Whether an interface or a union is declared there: then objects say what they are. */
  readonly isAbstract: boolean;
}

export interface GuardScope {
  readonly schema: GraphQLSchema;
  readonly types: TypeRelations;
  readonly names: InternalNames;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly removed: ReadonlySet<string>;
  readonly guarded: ReadonlyMap<string, Guard>;
}

export interface FoundPoints {
  readonly points: readonly GuardPoint[];
  /** By `position.id name`: everything the operation asks for below its root. */
  readonly asked: ReadonlySet<string>;
}

/** What is asked of the objects at a position. */
interface Place {
  readonly position: Position;
  readonly sets: Set<SelectionSetNode>;
  readonly types: Set<GraphQLObjectType>;
  isAbstract: boolean;
}

/**
 * Finds every place of an operation with a guarded field, whatever `@skip` and `@include` say: what is not asked for is
 * not there to be judged.
 */
export function findGuardPoints(
  root: { readonly position: Position; readonly type: GraphQLObjectType },
  set: SelectionSetNode,
  scope: GuardScope,
): FoundPoints {
  const { schema, names, removed, guarded } = scope;
  const points = new Map<string, GuardPoint>();
  const everything = new Set<string>();

  const addPoint = (
    { position, isAbstract }: Pick<Place, 'position' | 'isAbstract'>,
    node: FieldNode,
    type: string,
  ): void => {
    const coordinate = `${type}.${node.name.value}`;
    const name = names.of(node);
    const key = `${position.id} ${name}`;
    let point = points.get(key);
    if (!point) {
      point = {
        id: points.size,
        position,
        name,
        byType: new Map(),
        possible: new Set(),
        isAbstract,
      };
      points.set(key, point);
    }
    point.possible.add(type);
    if (guarded.has(coordinate)) point.byType.set(type, { coordinate, node });
  };

  const visit = ({ position, sets, types, isAbstract }: Place): void => {
    const children = new Map<string, Omit<Place, 'position'>>();
    const ruled = new Set<string>();
    const asked: { node: FieldNode; type: GraphQLObjectType }[] = [];
    for (const type of types) {
      for (const node of collectAll(type, sets, scope)) {
        const definition = type.getFields()[node.name.value];
        const coordinate = `${type.name}.${node.name.value}`;
        if (!definition || (position.parent && removed.has(coordinate))) continue;
        if (position.parent) {
          asked.push({ node, type });
          everything.add(`${position.id} ${names.of(node)}`);
          if (guarded.has(coordinate)) ruled.add(names.of(node));
        }
        const named = getNamedType(definition.type);
        if (!node.selectionSet || !isCompositeType(named)) continue;
        const key = names.of(node);
        const child = children.get(key) ?? {
          sets: new Set(),
          types: new Set(),
          isAbstract: false,
        };
        children.set(key, child);
        child.sets.add(node.selectionSet);
        child.isAbstract ||= isAbstractType(named);
        const possible = isAbstractType(named) ? schema.getPossibleTypes(named) : [named];
        for (const each of possible) child.types.add(each);
      }
    }
    for (const { node, type } of asked) {
      if (ruled.has(names.of(node))) addPoint({ position, isAbstract }, node, type.name);
    }
    for (const [key, child] of children) visit({ ...child, position: position.child(key) });
  };
  const { position, type } = root;
  visit({ position, sets: new Set([set]), types: new Set([type]), isAbstract: false });
  return { points: [...points.values()], asked: everything };
}

/** All fields that a type can be asked for. */
function collectAll(
  type: GraphQLObjectType,
  sets: Iterable<SelectionSetNode>,
  { schema, fragments }: GuardScope,
): FieldNode[] {
  const nodes: FieldNode[] = [];
  const seen = new Set<string>();
  const collect = (set: SelectionSetNode): void => {
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) {
        if (!selection.name.value.startsWith('__')) nodes.push(selection);
        continue;
      }
      let fragment: InlineFragmentNode | FragmentDefinitionNode | undefined;
      if (selection.kind === Kind.INLINE_FRAGMENT) fragment = selection;
      else if (!seen.has(selection.name.value)) {
        seen.add(selection.name.value);
        fragment = fragments.get(selection.name.value);
      }
      if (!fragment) continue;
      const on = fragment.typeCondition && schema.getType(fragment.typeCondition.name.value);
      const fits =
        on === undefined || on === type || (isAbstractType(on) && schema.isSubType(on, type));
      if (fits) collect(fragment.selectionSet);
    }
  };
  for (const set of sets) collect(set);
  return nodes;
}
