import type { PlannedFetch } from './list-fetches.ts';

/** What a plan takes. */
export interface PlanMeasure {
  fetches: number;
  /** Requests that must wait for one another: the depth of the plan. */
  waves: number;
  /** Hops from one subgraph to another for fields of an entity. */
  entityFetches: number;
  /** Estimated by @cost and @listSize. */
  cost: number;
}

/** The figures in the order people compare them. */
export const measureNames = ['fetches', 'waves', 'entityFetches', 'cost'] as const;

/** Counts requests, waves and hops of a plan. */
export function measurePlan(fetches: PlannedFetch[], cost: number): PlanMeasure {
  return {
    fetches: fetches.length,
    waves: Math.max(0, ...fetches.map(({ wave }) => wave)),
    entityFetches: fetches.filter(({ entities }) => entities.length > 0).length,
    cost,
  };
}
