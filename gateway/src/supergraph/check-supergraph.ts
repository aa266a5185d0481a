import { buildSchema, Supergraph } from '@apollo/federation-internals';
import { parse, print, printSchema } from 'graphql';
import type { Turns } from '../turns.ts';
import { supportedFeatures } from './supported-features.ts';

/** Reads a supergraph and checks it. @throws Error whose message says what is wrong with it */
export function* checkSupergraph(sdl: string): Turns<Supergraph> {
  try {
    const schema = buildSchema(sdl, { validate: false });
    yield;
    schema.validate();
    yield;
    // What has been validated is not validated again.
    return new Supergraph(schema, supportedFeatures, true);
  } catch (error) {
    // Every supergraph lists its subgraphs in this enum; a subgraph's schema is what newcomers have at hand.
    if (sdl.includes('join__Graph') || !declaresTypes(sdl)) throw error;
    throw new Error(
      'it is a schema that was not composed. Compose one from the schemas of all subgraphs: trellis supergraph compose --config supergraph.yaml --output supergraph.graphql',
      { cause: error },
    );
  }
}

/** Writes what clients see, so that another thread can make a schema of it. */
export function printApiSchema(supergraph: Supergraph): string {
  const apiSchema = supergraph.apiSchema();
  const document = apiSchema.toAST();
  // An extension of nothing is a definition to federation's library, but to nobody else.
  const isExtended = document.definitions.some(({ kind }) => kind.endsWith('Extension'));
  return isExtended ? printSchema(apiSchema.toGraphQLJSSchema()) : print(document);
}

/** Whether it can be read as a schema at all. */
function declaresTypes(sdl: string): boolean {
  try {
    return parse(sdl, { noLocation: true }).definitions.some(({ kind }) =>
      /TypeDef|TypeExt/.test(kind),
    );
  } catch {
    return false;
  }
}
