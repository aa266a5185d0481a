import type { FetchNode, PlanNode, QueryPlan } from '@apollo/query-planner';

/** One request of a plan. */
export interface PlannedFetch {
  subgraph: string;
  /** Number of the wave it starts in, from 1: how many requests must be answered before, plus one. */
  wave: number;
  /** Where its answer belongs, such as `product.reviews.@`; empty for the root. */
  path: string;
  /** Types of the entities it asks for; empty for a root fetch. */
  entities: string[];
  /** Its GraphQL operation. */
  operation: string;
  /** Variables of @skip and @include it depends on. */
  condition?: string;
}

/** The requests of a plan, in order of their waves. */
export function listFetches({ node }: QueryPlan): PlannedFetch[] {
  const fetches: PlannedFetch[] = [];
  if (node?.kind === 'Subscription') {
    fetches.push(describe(node.primary, { wave: 1, path: '' }));
    if (node.rest) walk(node.rest, { wave: 2, path: '' }, fetches);
  } else if (node) {
    walk(node, { wave: 1, path: '' }, fetches);
  }
  return fetches.toSorted((a, b) => a.wave - b.wave);
}

interface Position {
  wave: number;
  path: string;
  condition?: string;
}

/** @returns how many waves the node takes */
function walk(node: PlanNode, position: Position, fetches: PlannedFetch[]): number {
  switch (node.kind) {
    case 'Fetch':
      fetches.push(describe(node, position));
      return 1;
    case 'Flatten':
      return walk(node.node, { ...position, path: node.path.join('.') }, fetches);
    case 'Sequence': {
      let waves = 0;
      for (const child of node.nodes) {
        waves += walk(child, { ...position, wave: position.wave + waves }, fetches);
      }
      return waves;
    }
    case 'Parallel':
      return Math.max(0, ...node.nodes.map((child) => walk(child, position, fetches)));
    case 'Condition': {
      const branches = [
        { child: node.ifClause, condition: `$${node.condition}` },
        { child: node.elseClause, condition: `!$${node.condition}` },
      ];
      return Math.max(
        0,
        ...branches.map(({ child, condition }) =>
          child ? walk(child, { ...position, condition }, fetches) : 0,
        ),
      );
    }
    case 'Defer': {
      const primary = node.primary.node ? walk(node.primary.node, position, fetches) : 0;
      const rest = { ...position, wave: position.wave + primary };
      return (
        primary +
        Math.max(
          0,
          ...node.deferred.map((part) => (part.node ? walk(part.node, rest, fetches) : 0)),
        )
      );
    }
  }
}

function describe(fetch: FetchNode, position: Position): PlannedFetch {
  const entities = (fetch.requires ?? []).flatMap((selection) =>
    selection.kind === 'InlineFragment' && selection.typeCondition !== undefined
      ? [selection.typeCondition]
      : [],
  );
  return {
    subgraph: fetch.serviceName,
    entities: [...new Set(entities)],
    operation: fetch.operation,
    ...position,
  };
}
