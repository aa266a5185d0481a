import { Chains, type ChainEntry } from './chains.ts';
import type { EntityFacts } from './entity-needs.ts';
import { readLabelTable, type LabelTable } from './override-labels.ts';
import { listSubgraphTypes, type SubgraphTypeTable } from './subgraph-types.ts';
import type { PlannerSupergraph } from './supergraph-for-planner.ts';

/** What those must know of a supergraph who run plans, but do not make them. Plain data: a thread can hand it over. */
export interface PlanningFacts {
  readonly labels: LabelTable;
  readonly subgraphTypes: SubgraphTypeTable;
  readonly chains: readonly ChainEntry[];
}

/** Reads all of it from the planner's copy of the supergraph. */
export function readPlanningFacts(planned: PlannerSupergraph): PlanningFacts {
  return {
    labels: readLabelTable(planned.document),
    subgraphTypes: listSubgraphTypes(planned.supergraph),
    chains: planned.chains.entries,
  };
}

export function entityFacts({ subgraphTypes, chains }: PlanningFacts): EntityFacts {
  return {
    subgraphTypes: { of: (subgraph, name) => subgraphTypes.get(subgraph)?.get(name) },
    chains: new Chains(chains),
  };
}
