import {
  isAbstractType,
  isEnumType,
  isInterfaceType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
  isUnionType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';

/** Type name → field name → resolver, or a scalar, or the inner values of an enum. */
export type ResolverMap = Readonly<Record<string, unknown>>;

/** Entries of a resolver map that are no fields (Apollo Federation subgraph specification, graphql-js §Abstract types). */
const metaFields = new Set(['__resolveReference', '__resolveType', '__isTypeOf', '__interceptors']);
const federationFields = new Set(['_entities', '_service']);

/** Lists, in words for the person who wrote them, all ways in which resolvers and schema do not fit. */
export function findSchemaProblems(
  schema: GraphQLSchema,
  resolvers: ResolverMap,
  unresolved: readonly string[],
): string[] {
  return [
    ...Object.entries(resolvers).flatMap(([name, value]) => unknownEntries(schema, name, value)),
    ...missingRootResolvers(schema, resolvers, new Set(unresolved)),
    ...missingTypeResolvers(schema, resolvers),
  ];
}

function unknownEntries(schema: GraphQLSchema, typeName: string, entry: unknown): string[] {
  const type = schema.getType(typeName);
  if (!type) return [`resolvers name the type "${typeName}", which the schema lacks`];
  if (typeof entry !== 'object' || entry === null) {
    return [`the resolvers of "${typeName}" are ${String(entry)}, but should be an object`];
  }
  if (isScalarType(type)) return [];
  const known = knownNames(type);
  return Object.keys(entry)
    .filter((field) => !known.has(field) && !metaFields.has(field))
    .map((field) => `resolvers name "${typeName}.${field}", which the schema lacks`);
}

function knownNames(type: GraphQLNamedType): ReadonlySet<string> {
  if (isObjectType(type) || isInterfaceType(type)) return new Set(Object.keys(type.getFields()));
  if (isEnumType(type)) return new Set(type.getValues().map((value) => value.name));
  return new Set();
}

function missingRootResolvers(
  schema: GraphQLSchema,
  resolvers: ResolverMap,
  allowed: ReadonlySet<string>,
): string[] {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  return roots
    .filter((root): root is GraphQLObjectType => Boolean(root))
    .flatMap((root) =>
      Object.keys(root.getFields())
        .filter((field) => !federationFields.has(field) && !hasEntry(resolvers, root.name, field))
        .map((field) => `${root.name}.${field}`)
        .filter((coordinate) => !allowed.has(coordinate))
        .map((coordinate) => `the root field "${coordinate}" has no resolver`),
    );
}

function missingTypeResolvers(schema: GraphQLSchema, resolvers: ResolverMap): string[] {
  return Object.values(schema.getTypeMap()).flatMap((type) => {
    if (isOfSpecification(type)) return [];
    if (isScalarType(type) && !(type.name in resolvers)) {
      return [`the scalar "${type.name}" has no implementation: name it in the resolvers`];
    }
    if (isAbstractType(type) && !canTellTypesApart(schema, type.name, resolvers)) {
      const kind = isUnionType(type) ? 'union' : 'interface';
      return [`the ${kind} "${type.name}" has no __resolveType, nor all its types __isTypeOf`];
    }
    return [];
  });
}

function canTellTypesApart(
  schema: GraphQLSchema,
  abstractName: string,
  resolvers: ResolverMap,
): boolean {
  if (hasEntry(resolvers, abstractName, '__resolveType')) return true;
  const type = schema.getType(abstractName);
  return (
    isAbstractType(type) &&
    schema.getPossibleTypes(type).every((each) => hasEntry(resolvers, each.name, '__isTypeOf'))
  );
}

function isOfSpecification(type: GraphQLNamedType): boolean {
  return type.name.startsWith('_') || type.name.includes('__') || isSpecifiedScalarType(type);
}

function hasEntry(resolvers: ResolverMap, typeName: string, field: string): boolean {
  const entry = resolvers[typeName];
  return typeof entry === 'object' && entry !== null && field in entry;
}
