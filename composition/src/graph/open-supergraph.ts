import { Supergraph, type Schema } from '@apollo/federation-internals';
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
  return describe(supergraph, { sdl, shownAs });
}

/** Opens what was just composed, without parsing its SDL again. */
export function openComposed(schema: Schema, sdl: string): OpenSupergraph {
  return describe(new Supergraph(schema, null, false), { sdl, shownAs: 'the proposed graph' });
}

function describe(supergraph: Supergraph, text: { sdl: string; shownAs: string }): OpenSupergraph {
  let schema: GraphQLSchema | undefined;
  return {
    ...text,
    supergraph,
    apiSchema: () => (schema ??= supergraph.schema.toAPISchema().toGraphQLJSSchema()),
  };
}
