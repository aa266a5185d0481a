import {
  getNamedType,
  isListType,
  isNonNullType,
  Kind,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLFormattedError,
  type GraphQLOutputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { fragmentsOf } from '../fragments-of.ts';

const maxInt = 2_147_483_647;
const minInt = -2_147_483_648;

/** Selections and the type they are made on. */
type Selected = readonly [SelectionSetNode, GraphQLCompositeType | undefined];

interface Shape {
  readonly coordinate: string;
  readonly type: GraphQLOutputType;
  readonly selections: Selected[];
}

export interface AnsweredOperation {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly apiSchema: GraphQLSchema;
}

type Data = Record<string, unknown>;

/**
 * Puts null, with an error, where stock execution let an Int beyond 32 bits pass, which clients cannot read (spec
 * October 2021, §3.5.1); null goes up to the nearest field that may be null. All other types stock execution checks.
 * Costs one look at every number while there is no such integer.
 * @param data the data of an answer, in which the values are replaced
 */
export function refuseOverflow(
  data: unknown,
  { document, operation, apiSchema }: AnsweredOperation,
): { readonly data: unknown; readonly errors: readonly GraphQLFormattedError[] } {
  if (!hasLargeInteger(data)) return { data, errors: [] };
  const fragments = fragmentsOf(document);
  const errors: GraphQLFormattedError[] = [];
  const fit = createFit({ apiSchema, fragments, errors });
  const root = apiSchema.getRootType(operation.operation) ?? undefined;
  const isWhole = fit(data as Data, [[operation.selectionSet, root]], []);
  return { data: isWhole ? data : null, errors };
}

function isOverflow(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && (value > maxInt || value < minInt);
}

/** Walks without recursion: custom scalars may be nested deep. */
function hasLargeInteger(root: unknown): boolean {
  const pending = [root];
  while (pending.length > 0) {
    const value = pending.pop();
    if (isOverflow(value)) return true;
    if (typeof value === 'object' && value !== null) pending.push(...Object.values(value));
  }
  return false;
}

interface FitScope {
  readonly apiSchema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly errors: GraphQLFormattedError[];
}

type Path = readonly (string | number)[];
/** @returns false when the object itself must be null */
type FitObject = (object: Data, selections: readonly Selected[], path: Path) => boolean;

function createFit(scope: FitScope): FitObject {
  const fitObject: FitObject = (object, selections, path) => {
    for (const [key, shape] of collectShapes(selections, scope)) {
      const before = object[key];
      if (before === null || before === undefined) continue;
      object[key] = fitValue(before, shape.type, { shape, path: [...path, key] });
      if (object[key] === null && isNonNullType(shape.type)) return false;
    }
    return true;
  };

  function fitValue(
    value: unknown,
    given: GraphQLOutputType,
    place: { readonly shape: Shape; readonly path: Path },
  ): unknown {
    const type = isNonNullType(given) ? given.ofType : given;
    const { shape, path } = place;
    if (isListType(type)) {
      if (!Array.isArray(value)) return value;
      const items = value.map((item: unknown, at) =>
        item === null ? null : fitValue(item, type.ofType, { shape, path: [...path, at] }),
      );
      return isNonNullType(type.ofType) && items.includes(null) ? null : items;
    }
    if (typeof value === 'object' && shape.selections.length > 0) {
      return fitObject(value as Data, shape.selections, path) ? value : null;
    }
    if (getNamedType(type).name !== 'Int' || !isOverflow(value)) return value;
    scope.errors.push({
      message: `A subgraph answered no Int for ${shape.coordinate}.`,
      path,
      extensions: { code: 'SUBGRAPH_MALFORMED_RESPONSE' },
    });
    return null;
  }
  return fitObject;
}

/**
 * The fields of an object by their response names, whatever its type: fields of one response name have leaves of one
 * type (spec October 2021, §5.3.2).
 */
function collectShapes(selections: readonly Selected[], scope: FitScope): Map<string, Shape> {
  const shapes = new Map<string, Shape>();
  const collect = ([set, parent]: Selected): void => {
    for (const node of set.selections) {
      if (node.kind === Kind.FIELD) addField(node, parent, shapes);
      else {
        const fragment =
          node.kind === Kind.FRAGMENT_SPREAD ? scope.fragments.get(node.name.value) : node;
        const name = fragment?.typeCondition?.name.value;
        const type = name === undefined ? parent : scope.apiSchema.getType(name);
        if (fragment) collect([fragment.selectionSet, type as GraphQLCompositeType | undefined]);
      }
    }
  };
  selections.forEach(collect);
  return shapes;
}

function addField(
  { name, alias, selectionSet }: FieldNode,
  parent: GraphQLCompositeType | undefined,
  shapes: Map<string, Shape>,
): void {
  const field = parent && 'getFields' in parent ? parent.getFields()[name.value] : undefined;
  // Introspection is not asked of subgraphs.
  if (!parent || !field) return;
  const key = alias?.value ?? name.value;
  const coordinate = `${parent.name}.${name.value}`;
  const shape = shapes.get(key) ?? { coordinate, type: field.type, selections: [] };
  shapes.set(key, shape);
  const inner = getNamedType(field.type);
  if (selectionSet) shape.selections.push([selectionSet, inner as GraphQLCompositeType]);
}
