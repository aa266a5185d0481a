import { readFileSync } from 'node:fs';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse, type DocumentNode, type GraphQLSchema } from 'graphql';
import { findSchemaProblems, type ResolverMap } from './schema-problems.ts';
import { scalarsNamedIn } from './scalars.ts';

/** What a subgraph schema is made from. */
export interface SubgraphSchemaParts {
  /** The SDL of the subgraph, as composition reads it. */
  readonly typeDefs: DocumentNode;
  /** Type name → field name → resolver. Scalars of scalars.ts need no entry. */
  readonly resolvers: ResolverMap;
  /** Root fields (`Query.stock`) that may stay without a resolver. */
  readonly unresolved?: readonly string[];
}

/** The schema and the resolvers do not fit. The message has one line per problem. */
export class SchemaError extends Error {
  override readonly name = 'SchemaError';
}

/**
 * Reads a subgraph's SDL.
 * @throws SchemaError naming file, line and column when it is no GraphQL
 */
export function readTypeDefs(file: URL): DocumentNode {
  try {
    return parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new SchemaError(`${file.pathname}: ${String(error)}`, { cause: error });
  }
}

/**
 * Joins SDL and resolvers to an executable subgraph schema (Apollo Federation subgraph specification).
 * @throws SchemaError with every problem at once: resolvers the schema lacks, root fields without a resolver,
 *   custom scalars without an implementation, interfaces and unions that cannot tell their types apart
 */
export function makeSubgraphSchema(parts: SubgraphSchemaParts): GraphQLSchema {
  const bare = buildBareSchema(parts.typeDefs);
  const resolvers = { ...scalarsNamedIn(bare), ...parts.resolvers };
  const problems = findSchemaProblems(bare, resolvers, parts.unresolved ?? []);
  if (problems.length > 0) {
    throw new SchemaError(`The schema and its resolvers do not fit:\n- ${problems.join('\n- ')}`);
  }
  return buildSubgraphSchema({
    typeDefs: parts.typeDefs,
    resolvers: resolvers as Parameters<typeof buildSubgraphSchema>[0] extends infer Input
      ? Extract<Input, { resolvers?: unknown }>['resolvers'] & object
      : never,
  });
}

function buildBareSchema(typeDefs: DocumentNode): GraphQLSchema {
  try {
    return buildSubgraphSchema({ typeDefs });
  } catch (error) {
    throw new SchemaError(`The schema is no subgraph schema: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
