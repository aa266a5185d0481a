import {
  getNullableType,
  isCompositeType,
  isEnumType,
  isListType,
  isObjectType,
  Kind,
  type GraphQLOutputType,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql';

/** A value that each scalar takes: for fields of other subgraphs that a representation must carry. */
const byScalar: Readonly<Record<string, unknown>> = {
  Boolean: true,
  Currency: 'EUR',
  Date: '2026-03-01',
  DateTime: '2026-03-01T12:00:00.000Z',
  Float: 1.5,
  ID: '1',
  Int: 1,
  String: 'example',
};

/** Makes up values for the fields of a `@requires`. A scalar we know nothing of gets a text. */
export function makeExampleValues(
  schema: GraphQLSchema,
  typeName: string,
  selection: SelectionSetNode,
): Record<string, unknown> {
  const type = schema.getType(typeName);
  const values: Record<string, unknown> = {};
  for (const node of selection.selections) {
    if (node.kind === Kind.INLINE_FRAGMENT) {
      Object.assign(
        values,
        makeExampleValues(schema, node.typeCondition?.name.value ?? typeName, node.selectionSet),
      );
    }
    if (node.kind !== Kind.FIELD || !isObjectType(type)) continue;
    const field = type.getFields()[node.name.value];
    if (field) values[node.name.value] = makeValue(schema, field.type, node.selectionSet);
  }
  return values;
}

function makeValue(
  schema: GraphQLSchema,
  outputType: GraphQLOutputType,
  selection: SelectionSetNode | undefined,
): unknown {
  const type = getNullableType(outputType);
  if (isListType(type)) return [makeValue(schema, type.ofType as GraphQLOutputType, selection)];
  if (isEnumType(type)) return type.getValues()[0]?.name;
  if (isCompositeType(type)) {
    const [first] = isObjectType(type) ? [type] : schema.getPossibleTypes(type);
    if (!first || !selection) return null;
    return { __typename: first.name, ...makeExampleValues(schema, first.name, selection) };
  }
  return byScalar[String(type)] ?? 'example';
}
