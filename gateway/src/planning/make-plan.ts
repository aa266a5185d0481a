import { operationFromDocument } from '@apollo/federation-internals';
import { QueryPlanner } from '@apollo/query-planner';
import { parse } from 'graphql';
import { addChainInputs } from './add-chain-inputs.ts';
import { aliasConflicts } from './alias-conflicts.ts';
import { fetchChains } from './fetch-chains.ts';
import { flattenPlan } from './flatten-plan.ts';
import { planMended } from './mend-planner.ts';
import type { FetchStep, Plan } from './plan.ts';
import { splitConflictingRequires } from './split-requires.ts';
import type { PlannerSupergraph } from './supergraph-for-planner.ts';

/** What crosses to a worker thread: plain JSON. */
export interface PlanningRequest {
  /** Operations to run one after the other; more than one only for mutations. */
  readonly operations: readonly string[];
  /** Labels of `@override(label:)` and whether the new subgraph answers. */
  readonly overrides: readonly (readonly [label: string, isOverridden: boolean])[];
}

/**
 * Of all plans an operation can have no more are compared; those that change subgraphs most often are left out first. The
 * planner's own 10,000 take seconds.
 */
const maxEvaluatedPlans = 1_000;

export type MakePlan = (request: PlanningRequest) => Plan;

/**
 * Returns the function that plans operations over a supergraph. It blocks while it works.
 * The function throws Error with the planner's message when an operation has no plan.
 */
export function createPlanMaker(planned: PlannerSupergraph): MakePlan {
  const { supergraph, virtualFields } = planned;
  const planner = new QueryPlanner(supergraph, {
    reuseQueryFragments: false,
    generateQueryFragments: false,
    debug: { maxEvaluatedPlans },
  });

  function planText(text: string, overrides: PlanningRequest['overrides']): Plan {
    const operation = operationFromDocument(supergraph.schema, parse(text, { noLocation: true }), {
      validate: false,
    });
    const overrideConditions = new Map(overrides);
    const queryPlan = planMended(() => planner.buildQueryPlan(operation, { overrideConditions }));
    const plan = flattenPlan(queryPlan, virtualFields);
    return { ...plan, steps: plan.steps.map((step) => aliasConflicts(step, planned)) };
  }

  function planOne(text: string, overrides: PlanningRequest['overrides']): Plan {
    const plan = planText(addChainInputs(text, planned), overrides);
    return splitConflictingRequires(fetchChains(plan, planned), planned);
  }

  return function makePlan({ operations, overrides }) {
    const plans = operations.map((text) => planOne(text, overrides));
    const [only] = plans;
    return plans.length === 1 && only ? only : inSequence(plans);
  };
}

/** Joins plans so that each waits for all of the one before: mutations run one root field at a time. */
function inSequence(plans: readonly Plan[]): Plan {
  const steps: FetchStep[] = [];
  let before: number[] = [];
  for (const plan of plans) {
    const offset = steps.length;
    for (const step of plan.steps) {
      const after = step.after.map((id) => id + offset);
      steps.push({ ...step, id: step.id + offset, after: after.length > 0 ? after : before });
    }
    if (plan.steps.length > 0) before = plan.steps.map((step) => step.id + offset);
  }
  return { kind: plans[0]?.kind ?? 'mutation', steps, sourceStep: undefined };
}
