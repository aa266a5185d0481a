import type { Supergraph } from '@apollo/federation-internals';

/** A subgraph as the supergraph names it. */
export interface Subgraph {
  readonly name: string;
  /** Empty when the supergraph gives none. */
  readonly url: string;
}

export type SubgraphTable = ReadonlyMap<string, Subgraph>;

/** Reads names and addresses from the `join__Graph` enum (join spec v0.3, "@join__graph"). */
export function makeSubgraphTable(supergraph: Supergraph): SubgraphTable {
  return new Map(
    supergraph.subgraphsMetadata().map(({ name, url }) => [name, Object.freeze({ name, url })]),
  );
}
