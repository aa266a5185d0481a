import { composeServices } from '@apollo/composition';
import type { Schema } from '@apollo/federation-internals';
import type { Problem } from '../report/problem.ts';
import type { SubgraphSchema } from '../supergraph/read-subgraph.ts';
import { explainError } from './explain-error.ts';
import { explainHint } from './explain-hint.ts';
import { parseSubgraph, type ParsedSubgraph } from './parse-subgraph.ts';

/** What composing gave: a supergraph with hints, or problems. */
export type Composition =
  | {
      isComposed: true;
      /** The supergraph schema as @apollo/composition prints it, ending in one line end. */
      supergraphSdl: string;
      /** The composed schema, for API schema and queries over it. */
      schema: Schema;
      hints: Problem[];
      subgraphs: ParsedSubgraph[];
    }
  | {
      isComposed: false;
      problems: Problem[];
      /** The subgraphs that could be parsed. */
      subgraphs: ParsedSubgraph[];
    };

/** Composes subgraph schemas to a supergraph. The result depends on names and schemas only, not on their order. */
export function composeSubgraphs(schemas: SubgraphSchema[]): Composition {
  const parsed = schemas.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map(parseSubgraph);
  const subgraphs = parsed.filter((item): item is ParsedSubgraph => 'document' in item);
  const syntaxErrors = parsed.filter((item): item is Problem => !('document' in item));
  if (syntaxErrors.length > 0) return { isComposed: false, problems: syntaxErrors, subgraphs };
  const result = composeServices(
    subgraphs.map(({ name, routingUrl, document }) => ({
      name,
      url: routingUrl,
      typeDefs: document,
    })),
  );
  if (result.errors) {
    const problems = result.errors.map((error) => explainError(error, subgraphs));
    return { isComposed: false, problems, subgraphs };
  }
  return {
    isComposed: true,
    supergraphSdl: `${result.supergraphSdl.trimEnd()}\n`,
    schema: result.schema,
    hints: result.hints.map((hint) => explainHint(hint, subgraphs)),
    subgraphs,
  };
}
