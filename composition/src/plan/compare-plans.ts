import type { OpenSupergraph } from '../graph/open-supergraph.ts';
import type { KnownOperation } from '../operations/known-operation.ts';
import { usedCoordinates } from '../operations/used-coordinates.ts';
import type { Problem } from '../report/problem.ts';
import type { Budget } from '../settings.ts';
import { estimateCost, readCostRules } from './estimate-cost.ts';
import { findPlanCauses, readJoins, type Joins } from './find-plan-causes.ts';
import { listFetches, type PlannedFetch } from './list-fetches.ts';
import { measureNames, measurePlan, type PlanMeasure } from './measure-plan.ts';
import { createPlanOperation } from './plan-operation.ts';

/** How the plan of one operation changed. */
export interface PlanComparison {
  operation: string;
  origin: string;
  before: PlanMeasure | undefined;
  after: PlanMeasure | undefined;
  /** What became worse, or exceeds the budget. */
  problem?: Problem;
}

/** What to compare. */
export interface PlanComparisonInput {
  operations: KnownOperation[];
  before: OpenSupergraph;
  after: OpenSupergraph;
  budgets: { default: Budget; operations: Record<string, Budget> };
}

interface Measured {
  measure: PlanMeasure;
  fetches: PlannedFetch[];
}

/**
 * Plans every operation over both supergraphs and compares requests, waves, entity hops and estimated cost.
 * Operations that do not fit a graph are left out: the check of the API reports those.
 */
export function comparePlans(input: PlanComparisonInput): PlanComparison[] {
  const { before, after, budgets } = input;
  const measureBefore = createMeasure(before);
  const measureAfter = before.sdl === after.sdl ? measureBefore : createMeasure(after);
  let joins: { before: Joins; after: Joins } | undefined;
  return input.operations.map((operation) => {
    const { name, origin } = operation;
    const old = measureBefore(operation);
    const now = measureAfter === measureBefore ? old : measureAfter(operation);
    const comparison: PlanComparison = {
      operation: name,
      origin,
      before: old?.measure,
      after: now?.measure,
    };
    if (!now) return comparison;
    const budget = { ...budgets.default, ...budgets.operations[name] };
    const worse = regressions(old?.measure, now.measure, budget);
    if (worse.length === 0) return comparison;
    joins ??= { before: readJoins(before.sdl), after: readJoins(after.sdl) };
    const used = usedCoordinates(operation.document, after.apiSchema());
    const causes = findPlanCauses({ joins, used, before: old?.fetches ?? [], after: now.fetches });
    return { ...comparison, problem: regressionProblem(operation, worse, causes) };
  });
}

function createMeasure(graph: OpenSupergraph): (operation: KnownOperation) => Measured | undefined {
  const plan = createPlanOperation(graph);
  const rules = readCostRules(graph.sdl);
  return ({ document }) => {
    const planned = plan(document);
    if ('invalid' in planned) return undefined;
    const fetches = listFetches(planned.plan);
    return {
      fetches,
      measure: measurePlan(fetches, estimateCost(document, graph.apiSchema(), rules)),
    };
  };
}

/** A budget that is kept allows an increase; without a budget any increase is a regression. */
function regressions(old: PlanMeasure | undefined, now: PlanMeasure, budget: Budget): string[] {
  return measureNames.flatMap((name) => {
    const limit = budget[name];
    const label = name === 'entityFetches' ? 'entity fetches' : name;
    if (limit !== undefined)
      return now[name] > limit ? [`${label} ${now[name]}, budget ${limit}`] : [];
    if (!old || now[name] <= old[name]) return [];
    return [`${label} ${old[name]} → ${now[name]}`];
  });
}

function regressionProblem(operation: KnownOperation, worse: string[], causes: string[]): Problem {
  const because = causes.map((cause) => `\n- ${cause}`).join('');
  const { name, origin, line } = operation;
  return {
    code: 'PLAN_COST_REGRESSION',
    severity: 'error',
    message: `Operation ${name} becomes dearer: ${worse.join('; ')}.${because === '' ? '' : ` Because:${because}`}`,
    subgraphs: [],
    places: [
      { origin, line, column: 1, endLine: line, excerpt: operation.text.split('\n')[0] ?? '' },
    ],
    coordinate: name,
  };
}
