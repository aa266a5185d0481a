import { executeSync, Kind } from 'graphql';
import type {
  DocumentNode,
  FieldNode,
  FragmentDefinitionNode,
  GraphQLError,
  GraphQLSchema,
  OperationDefinitionNode,
  TypeNode,
} from 'graphql';
import type { CoercedVariables } from './engine.ts';

export interface IntrospectionAnswer {
  readonly data: Readonly<Record<string, unknown>>;
  readonly errors: readonly GraphQLError[];
}

/** @param schemaView what the caller may see, where that is not the whole schema */
export type Introspect = (
  variables: CoercedVariables,
  schemaView: GraphQLSchema | undefined,
) => IntrospectionAnswer;

/**
 * Compiles the introspection fields at an operation's root; graphql-js answers them from the schema clients see.
 * Returns undefined when there are none.
 */
export function compileIntrospection(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  rootFields: ReadonlyMap<string, readonly FieldNode[]>,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): Introspect | undefined {
  const selections = [...rootFields.values()]
    .flat()
    .filter(({ name }) => name.value === '__schema' || name.value === '__type');
  if (selections.length === 0) return undefined;
  // Only these types can be used there; others may have variables graphql-js cannot read twice.
  const variableDefinitions = (operation.variableDefinitions ?? []).filter((definition) =>
    ['String', 'Boolean'].includes(nameOf(definition.type)),
  );
  const document: DocumentNode = {
    kind: Kind.DOCUMENT,
    definitions: [
      {
        kind: Kind.OPERATION_DEFINITION,
        operation: operation.operation,
        variableDefinitions,
        selectionSet: { kind: Kind.SELECTION_SET, selections },
      },
      ...fragments.values(),
    ],
  };
  const constants = new WeakMap<GraphQLSchema, IntrospectionAnswer>();
  return (variables, schemaView = schema) => {
    const constant = constants.get(schemaView);
    if (constant) return constant;
    const variableValues: Record<string, unknown> = {};
    for (const { variable } of variableDefinitions) {
      const name = variable.name.value;
      if (variables[name] !== undefined) variableValues[name] = variables[name];
    }
    const result = executeSync({ schema: schemaView, document, variableValues });
    const answer = { data: { ...result.data }, errors: result.errors ?? [] };
    if (variableDefinitions.length === 0) constants.set(schemaView, answer);
    return answer;
  };
}

function nameOf(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : nameOf(type.type);
}
