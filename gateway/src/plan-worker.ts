import { parentPort, workerData } from 'node:worker_threads';
import { createPlanMaker, type MakePlan, type PlanningRequest } from './planning/make-plan.ts';
import type { OpenedSupergraph, PlanReply, PlanThreadData } from './planning/plan-thread.ts';
import { unplannable } from './planning/planner.ts';
import { readPlanningFacts } from './planning/planning-facts.ts';
import { supergraphForPlanner } from './planning/supergraph-for-planner.ts';
import { checkSupergraph, printApiSchema } from './supergraph/check-supergraph.ts';
import { describeProblem } from './describe-problem.ts';
import { atOnce } from './turns.ts';

const { sdl, isChecked } = workerData as PlanThreadData;
let makePlan: MakePlan | undefined;

if (isChecked) openPlanner();
parentPort?.postMessage('ready' satisfies PlanReply);
parentPort?.on('message', (request: PlanningRequest | 'open') => {
  parentPort?.postMessage(request === 'open' ? open() : reply(request));
});

/** Access directives are enforced outside the engine, or the main thread has refused the supergraph: nobody is asked again. */
function openPlanner() {
  const planned = supergraphForPlanner(sdl, { enforcesAccessDirectives: true });
  makePlan = createPlanMaker(planned);
  return planned;
}

function open(): PlanReply {
  try {
    return { opened: openSupergraph() };
  } catch (error) {
    return { refused: describeProblem(error) };
  }
}

function openSupergraph(): OpenedSupergraph {
  const supergraph = atOnce(checkSupergraph(sdl));
  return {
    apiSdl: printApiSchema(supergraph),
    subgraphs: supergraph.subgraphsMetadata().map(({ name, url }) => ({ name, url })),
    facts: readPlanningFacts(openPlanner()),
  };
}

function reply(request: PlanningRequest): PlanReply {
  try {
    if (!makePlan) throw new Error('the supergraph is not open');
    return { plan: makePlan(request) };
  } catch (cause) {
    return { error: unplannable(cause).message };
  }
}
