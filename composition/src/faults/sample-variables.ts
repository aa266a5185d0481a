import {
  GraphQLNonNull,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredInputField,
  Kind,
  typeFromAST,
  type DocumentNode,
  type GraphQLInputType,
  type GraphQLSchema,
} from 'graphql';

/** Makes values for the variables an operation cannot do without. */
export function sampleVariables(
  document: DocumentNode,
  schema: GraphQLSchema,
): Record<string, unknown> {
  const variables: Record<string, unknown> = {};
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    for (const { variable, type, defaultValue } of definition.variableDefinitions ?? []) {
      const inputType = typeFromAST(schema, type) as GraphQLInputType | undefined;
      if (!inputType || defaultValue || !isNonNullType(inputType)) continue;
      variables[variable.name.value] = sample(inputType);
    }
  }
  return variables;
}

function sample(type: GraphQLInputType): unknown {
  if (type instanceof GraphQLNonNull || isNonNullType(type)) return sample(type.ofType);
  if (isListType(type)) return [sample(type.ofType)];
  if (isEnumType(type)) return type.getValues()[0]?.name;
  if (isInputObjectType(type)) {
    const needed = Object.values(type.getFields()).filter(isRequiredInputField);
    return Object.fromEntries(needed.map((field) => [field.name, sample(field.type)]));
  }
  const samples: Record<string, unknown> = { Int: 1, Float: 1.5, Boolean: true };
  return samples[type.name] ?? '1';
}
