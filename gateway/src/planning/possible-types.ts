import {
  getNamedType,
  isAbstractType,
  isCompositeType,
  isObjectType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';

/** Where a selection set stands: the type it is written on, and the types an object there can have. */
export interface PlaceOfSelections {
  readonly type: GraphQLNamedType | undefined;
  /** Undefined where the schema of clients knows nothing of the place: what rules read may be hidden from clients. */
  readonly possible: readonly GraphQLObjectType[] | undefined;
}

/** The place of a value of a type. */
export function placeOf(
  schema: GraphQLSchema,
  type: GraphQLNamedType | null | undefined,
): PlaceOfSelections {
  if (isObjectType(type)) return { type, possible: [type] };
  if (isAbstractType(type)) return { type, possible: schema.getPossibleTypes(type) };
  return { type: undefined, possible: undefined };
}

/** The place inside a field. */
export function placeInField(
  schema: GraphQLSchema,
  { type }: PlaceOfSelections,
  field: string,
): PlaceOfSelections {
  const fields = type && 'getFields' in type ? type.getFields() : undefined;
  const definition = fields?.[field];
  return placeOf(schema, definition && getNamedType(definition.type));
}

/**
 * The place inside a fragment.
 * @returns undefined when no object can ever get there: `product { ... on SearchResult { ... on Category { name } } }` is
 *   valid (GraphQL §5.5.2.3 compares neighbours only), although no product is a category
 */
export function placeInFragment(
  schema: GraphQLSchema,
  place: PlaceOfSelections,
  condition: string | undefined,
): PlaceOfSelections | undefined {
  if (condition === undefined) return place;
  const type = schema.getType(condition);
  if (!isCompositeType(type)) return { type: undefined, possible: undefined };
  const inside = placeOf(schema, type);
  if (!place.possible?.length) return inside;
  const members = new Set(inside.possible);
  const possible = place.possible.filter((each) => members.has(each));
  return possible.length > 0 ? { type, possible } : undefined;
}
