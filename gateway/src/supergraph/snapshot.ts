import { createHash } from 'node:crypto';
import { Supergraph } from '@apollo/federation-internals';
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
  const names = knowNames(sdl);
  const supergraph = buildSupergraph(sdl);
  namesOf.set(supergraph, names);
  return Object.freeze({
    id: createHash('sha256').update(sdl).digest('hex').slice(0, 16),
    builtAtMs: Date.now(),
    sdl,
    supergraph,
    apiSchema: supergraph.apiSchema().toGraphQLJSSchema(),
    subgraphs: makeSubgraphTable(supergraph),
  });
}

function buildSupergraph(sdl: string): Supergraph {
  try {
    return Supergraph.build(sdl, { supportedFeatures, validateSupergraph: true });
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
