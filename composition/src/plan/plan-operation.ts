import { operationFromDocument } from '@apollo/federation-internals';
import { QueryPlanner, type QueryPlan } from '@apollo/query-planner';
import { validate, type DocumentNode } from 'graphql';
import type { OpenSupergraph } from '../graph/open-supergraph.ts';

/** A plan, or why there is none: the operation does not fit the graph. */
type PlannedOperation = { plan: QueryPlan } | { invalid: string };

/** Plans operations over one supergraph. */
export type PlanOperation = (document: DocumentNode) => PlannedOperation;

/** Building the planner is the dear part: build once, plan many. */
export function createPlanOperation(graph: OpenSupergraph): PlanOperation {
  let planner: QueryPlanner | undefined;
  return (document) => {
    const [error] = validate(graph.apiSchema(), document);
    if (error) return { invalid: error.message };
    planner ??= new QueryPlanner(graph.supergraph);
    const operation = operationFromDocument(planner.supergraph.apiSchema(), document);
    return { plan: planner.buildQueryPlan(operation) };
  };
}
