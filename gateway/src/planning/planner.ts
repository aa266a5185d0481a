import { GatewayError } from '../errors.ts';
import { createPlanMaker, type MakePlan, type PlanningRequest } from './make-plan.ts';
import type { Plan } from './plan.ts';
import type { PlannerSupergraph } from './supergraph-for-planner.ts';
import { createPlanThread, type PlanThread } from './plan-thread.ts';

/** Plans operations: small ones at once, large ones in a thread of their own, so that nobody else waits. */
export interface Planner {
  /** @param size expanded selections of the operation */
  plan(request: PlanningRequest, size: number): Plan | Promise<Plan>;
  close(): Promise<void>;
}

export interface PlannerOptions {
  readonly timeoutMs: number;
  /** Operations with this many selections or more are never planned on the main thread; `Infinity`: all are, always. */
  readonly workerThreshold: number;
}

/** What planning may take on the main thread, by what the last plans took. */
const maxInlineMs = 40;
/** A guess until there is experience: planning is slow before its code is warm. */
const firstMsPerSelection = 0.3;
/** However slow a busy moment made planning look: less than this is always planned at once. */
const alwaysSmall = 30;

/**
 * Creates the planner of one supergraph.
 * @param sdl the supergraph as composition wrote it: a thread builds its own planner from it
 */
export function createPlanner(
  planned: PlannerSupergraph,
  sdl: string,
  options: PlannerOptions,
): Planner {
  const makePlan: MakePlan = createPlanMaker(planned);
  let thread: PlanThread | undefined;
  let msPerSelection = firstMsPerSelection;

  function planHere(request: PlanningRequest, size: number): Plan {
    const start = performance.now();
    try {
      return makePlan(request);
    } catch (cause) {
      throw unplannable(cause);
    } finally {
      // Of tiny operations most of the time is not theirs.
      if (size >= alwaysSmall) {
        const measured = (performance.now() - start) / size;
        msPerSelection += (measured - msPerSelection) * 0.2;
      }
    }
  }

  return {
    plan(request, size) {
      const isFast = size < alwaysSmall || size * msPerSelection < maxInlineMs;
      const isSmall = size < options.workerThreshold && isFast;
      if (isSmall || options.workerThreshold === Infinity) return planHere(request, size);
      thread ??= createPlanThread(sdl, { timeoutMs: options.timeoutMs });
      return thread ? thread.plan(request) : planHere(request, size);
    },
    async close() {
      await thread?.close();
      thread = undefined;
    },
  };
}

/** Planning failed for a reason of the supergraph or the operation; the planner's message goes to the log. */
export function unplannable(cause: unknown): GatewayError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new GatewayError('INTERNAL_SERVER_ERROR', `The operation has no plan: ${reason}`, {
    cause,
  });
}
