import { GraphQLError, parse, Source, type DocumentNode } from 'graphql';
import type { Problem } from '../report/problem.ts';
import type { SubgraphSchema } from '../supergraph/read-subgraph.ts';
import { lineOf } from './locate.ts';

/** A subgraph's schema as a document whose nodes know the file they stand in. */
export interface ParsedSubgraph extends SubgraphSchema {
  document: DocumentNode;
  source: Source;
}

/** Parses a subgraph's SDL; a syntax error becomes a problem with its place. */
export function parseSubgraph(subgraph: SubgraphSchema): ParsedSubgraph | Problem {
  const source = new Source(subgraph.sdl, subgraph.origin);
  try {
    return { ...subgraph, source, document: parse(source) };
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const { line, column } = error.locations?.[0] ?? { line: 1, column: 1 };
    const { name, origin } = subgraph;
    const excerpt = lineOf(source, line);
    return {
      code: 'INVALID_GRAPHQL',
      severity: 'error',
      message: `[${name}] ${error.message}`,
      subgraphs: [name],
      places: [{ origin, line, column, endLine: line, excerpt, subgraph: name }],
    };
  }
}
