import { parentPort, workerData } from 'node:worker_threads';
import { createPlanMaker, type PlanningRequest } from './make-plan.ts';
import type { PlanReply } from './plan-thread.ts';
import { unplannable } from './planner.ts';
import { supergraphForPlanner } from './supergraph-for-planner.ts';

// The main thread has refused supergraphs that may not be served; here nobody is asked again.
const { sdl } = workerData as { readonly sdl: string };
const makePlan = createPlanMaker(supergraphForPlanner(sdl, { enforcesAccessDirectives: true }));

parentPort?.postMessage('ready' satisfies PlanReply);
parentPort?.on('message', (request: PlanningRequest) => {
  parentPort?.postMessage(reply(request));
});

function reply(request: PlanningRequest): PlanReply {
  try {
    return { plan: makePlan(request) };
  } catch (cause) {
    return { error: unplannable(cause).message };
  }
}
