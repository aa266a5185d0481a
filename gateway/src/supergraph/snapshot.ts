import { createHash } from 'node:crypto';
import type { DocumentNode, GraphQLSchema } from 'graphql';
import { knowNames } from '../one-byte.ts';
import { atOnce, inTurns, type Turns } from '../turns.ts';
import { checkSupergraph } from './check-supergraph.ts';
import { parseDefinitions } from './parse-definitions.ts';
import { schemaOfDefinitions } from './schema-of-definitions.ts';
import { documentOf, fullSchemaOf } from './supergraph-document.ts';
import { makeSubgraphTable, type Subgraph, type SubgraphTable } from './subgraph-table.ts';

/**
 * Everything derived from one supergraph text, frozen. A request takes the current snapshot when it arrives and
 * keeps it to its end, whatever is swapped in meanwhile.
 */
export interface Snapshot {
  /** SHA-256 of the text, first 16 hex digits. */
  readonly id: string;
  /** When it was built, in milliseconds since 1970. */
  readonly builtAtMs: number;
  readonly sdl: string;
  /** What clients see: without join machinery and @inaccessible elements. */
  readonly apiSchema: GraphQLSchema;
  readonly subgraphs: SubgraphTable;
  /** All definitions, without locations. They are parsed anew unless the snapshot is just being made ready. */
  readonly document: () => DocumentNode;
  /** The whole supergraph as a schema, also what clients do not see. Made anew like the document. */
  readonly fullSchema: () => GraphQLSchema;
}

/** What another thread has found in a supergraph that it has checked. */
export interface CheckedSupergraph {
  /** What clients see, as SDL. */
  readonly apiSdl: string;
  readonly subgraphs: readonly Subgraph[];
}

/** Names stay known as long as their supergraph is served: see one-byte.ts. */
const namesOf = new WeakMap<Snapshot, object>();

/**
 * Builds a snapshot.
 * @throws Error whose message says what is wrong with the supergraph
 */
export function makeSnapshot(sdl: string): Snapshot {
  return atOnce(checkAndBuild(sdl));
}

/**
 * The same in several turns of the event loop: requests come first. None takes more than 50 ms as long as the text is
 * not much longer than 50 KB; of larger ones another thread makes most (`assembleSnapshot`).
 * @throws Error whose message says what is wrong with the supergraph
 */
export function makeSnapshotInTurns(sdl: string): Promise<Snapshot> {
  return inTurns(checkAndBuild(sdl));
}

/** Builds the snapshot of a supergraph that another thread has checked, however large, in turns of a few milliseconds. */
export function assembleSnapshot(sdl: string, checked: CheckedSupergraph): Promise<Snapshot> {
  return inTurns(assemble(sdl, checked));
}

function* checkAndBuild(sdl: string): Turns<Snapshot> {
  const names = yield* knowNames(sdl);
  const supergraph = yield* checkSupergraph(sdl);
  yield;
  const apiSchema = supergraph.apiSchema();
  yield;
  const subgraphs = makeSubgraphTable(supergraph.subgraphsMetadata());
  return freeze(sdl, { names, apiSchema: apiSchema.toGraphQLJSSchema(), subgraphs });
}

function* assemble(sdl: string, { apiSdl, subgraphs }: CheckedSupergraph): Turns<Snapshot> {
  const names = yield* knowNames(sdl);
  const apiSchema = yield* schemaOfDefinitions(yield* parseDefinitions(apiSdl));
  yield;
  return freeze(sdl, { names, apiSchema, subgraphs: makeSubgraphTable(subgraphs) });
}

function freeze(
  sdl: string,
  { names, ...derived }: Pick<Snapshot, 'apiSchema' | 'subgraphs'> & { readonly names: object },
): Snapshot {
  const id = createHash('sha256').update(sdl).digest('hex').slice(0, 16);
  const snapshot: Snapshot = Object.freeze({
    id,
    builtAtMs: Date.now(),
    sdl,
    ...derived,
    document: () => documentOf(snapshot),
    fullSchema: () => fullSchemaOf(snapshot),
  });
  namesOf.set(snapshot, names);
  return snapshot;
}
