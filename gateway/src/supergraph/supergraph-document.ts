import type { DocumentNode, GraphQLSchema } from 'graphql';
import { atOnce, type Turns } from '../turns.ts';
import { parseDefinitions } from './parse-definitions.ts';
import { schemaOfDefinitions } from './schema-of-definitions.ts';

/** What is large, and only needed while a supergraph is made ready. */
interface Materials {
  document: DocumentNode;
  fullSchema?: GraphQLSchema | undefined;
}

type OfSdl = { readonly sdl: string };

const materials = new WeakMap<OfSdl, Materials>();

/** Parses the text of a snapshot for all who will ask before it is served. */
export function* openDocument(snapshot: OfSdl): Turns<DocumentNode> {
  const document = yield* parseDefinitions(snapshot.sdl);
  materials.set(snapshot, { document });
  return document;
}

/** Makes the whole supergraph a schema, for all who will ask before it is served. */
export function* openFullSchema(snapshot: OfSdl): Turns<GraphQLSchema> {
  const document = materials.get(snapshot)?.document ?? (yield* openDocument(snapshot));
  const fullSchema = yield* schemaOfDefinitions(document);
  materials.set(snapshot, { document, fullSchema });
  return fullSchema;
}

/** The definitions of a snapshot, without locations. */
export function documentOf(snapshot: OfSdl): DocumentNode {
  return materials.get(snapshot)?.document ?? atOnce(parseDefinitions(snapshot.sdl));
}

/** The whole supergraph as a schema, also what clients do not see. */
export function fullSchemaOf(snapshot: OfSdl): GraphQLSchema {
  return materials.get(snapshot)?.fullSchema ?? atOnce(schemaOfDefinitions(documentOf(snapshot)));
}

/** Lets go of what nobody needs any more. Who asks all the same has it made once more. */
export function closeDocument(snapshot: OfSdl): void {
  materials.delete(snapshot);
}
