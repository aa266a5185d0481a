import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { buildSchema, Supergraph } from '@apollo/federation-internals';
import { parse, type GraphQLSchema } from 'graphql';
import { knowNames } from '../one-byte.ts';
import { makeSubgraphTable, type SubgraphTable } from './subgraph-table.ts';
import { supportedFeatures } from './supported-features.ts';

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
  readonly supergraph: Supergraph;
  /** What clients see: without join machinery and @inaccessible elements. */
  readonly apiSchema: GraphQLSchema;
  readonly subgraphs: SubgraphTable;
}

/** Names stay known as long as their supergraph is served: see one-byte.ts. */
const namesOf = new WeakMap<Supergraph, object>();

/**
 * Builds a snapshot.
 * @throws Error whose message says what is wrong with the supergraph
 */
export function makeSnapshot(sdl: string): Snapshot {
  const turns = buildSnapshot(sdl);
  for (;;) {
    const { done, value } = turns.next();
    if (done) return value;
  }
}

/**
 * The same in several turns of the event loop: requests come first. One of 2,000 types takes more than a second in all.
 * @throws Error whose message says what is wrong with the supergraph
 */
export async function makeSnapshotInTurns(sdl: string): Promise<Snapshot> {
  const turns = buildSnapshot(sdl);
  for (;;) {
    const { done, value } = turns.next();
    await setImmediate();
    if (done) return value;
  }
}

/** Pauses after each piece of work. */
type Turns<Result> = Generator<undefined, Result, undefined>;

function* buildSnapshot(sdl: string): Turns<Snapshot> {
  const names = knowNames(sdl);
  yield;
  const supergraph = yield* buildSupergraph(sdl);
  namesOf.set(supergraph, names);
  yield;
  const apiSchema = supergraph.apiSchema();
  yield;
  return Object.freeze({
    id: createHash('sha256').update(sdl).digest('hex').slice(0, 16),
    builtAtMs: Date.now(),
    sdl,
    supergraph,
    apiSchema: apiSchema.toGraphQLJSSchema(),
    subgraphs: makeSubgraphTable(supergraph),
  });
}

function* buildSupergraph(sdl: string): Turns<Supergraph> {
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
