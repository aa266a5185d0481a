import type { GraphQLObjectType } from 'graphql';
import type { CoercedVariables } from '../execution/engine.ts';
import type { PreparedOperation } from '../operation/prepared-operation.ts';
import type { Snapshot } from '../supergraph/snapshot.ts';

export interface InfoInput {
  readonly prepared: PreparedOperation;
  readonly variables: CoercedVariables;
  readonly snapshot: Snapshot;
  readonly responseName: string;
}

/** The parts of GraphQL's resolve info that there are before anything is resolved. */
export function makeInfo(
  { prepared, variables, snapshot, responseName }: InfoInput,
  parentType: GraphQLObjectType,
  fieldName: string,
): unknown {
  return {
    fieldName,
    parentType,
    returnType: parentType.getFields()[fieldName]?.type,
    schema: snapshot.apiSchema,
    operation: prepared.operation,
    variableValues: variables,
    path: { prev: undefined, key: responseName, typename: parentType.name },
  };
}
