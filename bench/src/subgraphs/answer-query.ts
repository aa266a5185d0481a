import { graphql } from 'graphql';
import { schemas } from './schemas.ts';

interface GraphQLBody {
  readonly query: string;
  readonly variables?: Record<string, unknown>;
  readonly operationName?: string | null;
}

/** Runs one GraphQL request body against a subgraph with graphql-js; returns the JSON text of the response. */
export async function answerQuery(subgraph: string, body: string): Promise<string> {
  const schema = schemas.get(subgraph);
  if (schema === undefined) throw new Error(`There is no subgraph named "${subgraph}".`);
  const { query, variables, operationName } = JSON.parse(body) as GraphQLBody;
  const result = await graphql({
    schema,
    source: query,
    variableValues: variables ?? null,
    operationName: operationName ?? null,
  });
  return JSON.stringify(result);
}
