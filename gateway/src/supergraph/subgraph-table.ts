/** A subgraph as the supergraph names it. */
export interface Subgraph {
  readonly name: string;
  /** Empty when the supergraph gives none. */
  readonly url: string;
}

export type SubgraphTable = ReadonlyMap<string, Subgraph>;

/** Lists names and addresses, which stand in the `join__Graph` enum (join spec v0.3, "@join__graph"). */
export function makeSubgraphTable(subgraphs: Iterable<Subgraph>): SubgraphTable {
  return new Map(
    [...subgraphs].map(({ name, url }) => [name, Object.freeze({ name, url })] as const),
  );
}
