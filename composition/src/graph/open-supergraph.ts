import { Supergraph } from '@apollo/federation-internals';
import type { GraphQLSchema } from 'graphql';
import { CommandError } from '../command-error.ts';

/** A composed supergraph, opened for questions. Parts are built when first asked for: each costs time. */
export interface OpenSupergraph {
  sdl: string;
  /** How messages call it. */
  shownAs: string;
  supergraph: Supergraph;
  /** What clients see: without join machinery and inaccessible elements. */
  apiSchema: () => GraphQLSchema;
}

/**
 * Opens supergraph SDL.
 * @throws CommandError when it is no supergraph
 */
export function openSupergraph(sdl: string, shownAs: string): OpenSupergraph {
  let supergraph: Supergraph;
  try {
    supergraph = Supergraph.build(sdl, { supportedFeatures: null, validateSupergraph: false });
  } catch (error) {
    const reason = (error as Error).message.split('\n')[0] ?? '';
    throw new CommandError(`${shownAs}: is no supergraph schema: ${reason}`, 3, { cause: error });
  }
  let schema: GraphQLSchema | undefined;
  return {
    sdl,
    shownAs,
    supergraph,
    apiSchema: () => (schema ??= supergraph.schema.toAPISchema().toGraphQLJSSchema()),
  };
}
