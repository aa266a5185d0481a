import type { DocumentNode } from 'graphql';
import { readInterfaceObjects } from '../planning/interface-objects.ts';
import { overrideLabels, readLabelTable } from '../planning/override-labels.ts';
import type { OpenedSupergraph, PlanThread } from '../planning/plan-thread.ts';
import { createPlanner, createPlannerApart, type PlannerOptions } from '../planning/planner.ts';
import { entityFacts } from '../planning/planning-facts.ts';
import { supergraphForPlanner } from '../planning/supergraph-for-planner.ts';
import type { Turns } from '../turns.ts';
import type { EnginePlanning, TrellisEngineOptions } from './engine-options.ts';
import { readTypeRelations } from './type-relations.ts';

const defaultTimeoutMs = 10_000;
const defaultWorkerThreshold = 300;

/** Makes ready what plans for an engine, in this thread. @throws GatewayError when the supergraph cannot be served */
export function* openPlanning(sdl: string, options: TrellisEngineOptions): Turns<EnginePlanning> {
  const planned = supergraphForPlanner(sdl, {
    enforcesAccessDirectives: options.enforcesAccessDirectives ?? false,
  });
  yield;
  const planner = createPlanner(planned, sdl, plannerOptions(options));
  yield;
  return {
    planner,
    facts: planned,
    labels: overrideLabels(readLabelTable(planned.document)),
    types: readTypeRelations(planned.document),
    interfaceObjects: readInterfaceObjects(planned.document),
  };
}

/** A supergraph whose planner is ready in a thread. */
export interface PlannedApart extends OpenedSupergraph {
  readonly thread: PlanThread;
}

/** The same where a thread has the planner of a supergraph ready, and what is to be known of it has come from there. */
export function planningApart(
  sdl: string,
  { thread, facts }: PlannedApart,
  {
    document,
    options,
  }: { readonly document: DocumentNode; readonly options: TrellisEngineOptions },
): EnginePlanning {
  return {
    planner: createPlannerApart(thread, sdl, plannerOptions(options)),
    facts: entityFacts(facts),
    labels: overrideLabels(facts.labels),
    types: readTypeRelations(document),
    interfaceObjects: readInterfaceObjects(document),
  };
}

function plannerOptions({ planning }: TrellisEngineOptions): PlannerOptions {
  return {
    timeoutMs: planning?.timeoutMs ?? defaultTimeoutMs,
    workerThreshold: planning?.workerThreshold ?? defaultWorkerThreshold,
  };
}
