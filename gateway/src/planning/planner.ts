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
  const experience = createExperience();
  const large = createLargePlanner(sdl, options);

  function planHere(request: PlanningRequest, size: number): Plan {
    const start = performance.now();
    try {
      return makePlan(request);
    } catch (cause) {
      throw unplannable(cause);
    } finally {
      experience.note(size, performance.now() - start);
    }
  }

  return {
    plan(request, size) {
      const isSmall = size < options.workerThreshold && experience.isFast(size);
      if (isSmall || options.workerThreshold === Infinity) return planHere(request, size);
      return large.plan(request) ?? planHere(request, size);
    },
    close: () => large.close(),
  };
}

/**
 * The same for a supergraph that is too large for the main thread: another one has its planner ready. Operations that
 * would keep it busy for long still go to a third, so that nobody else waits for them.
 */
export function createPlannerApart(
  thread: PlanThread,
  sdl: string,
  options: PlannerOptions,
): Planner {
  const experience = createExperience();
  const large = createLargePlanner(sdl, options);

  async function planSmall(request: PlanningRequest, size: number): Promise<Plan> {
    const start = performance.now();
    try {
      return await thread.plan(request);
    } finally {
      experience.note(size, performance.now() - start);
    }
  }

  return {
    plan(request, size) {
      const isSmall = size < options.workerThreshold && experience.isFast(size);
      return (isSmall ? undefined : large.plan(request)) ?? planSmall(request, size);
    },
    async close() {
      await Promise.all([thread.close(), large.close()]);
    },
  };
}

/** Tells by what the last plans took whether one is made fast. */
interface Experience {
  isFast(size: number): boolean;
  note(size: number, durationMs: number): void;
}

function createExperience(): Experience {
  let msPerSelection = firstMsPerSelection;
  return {
    isFast: (size) => size < alwaysSmall || size * msPerSelection < maxInlineMs,
    note(size, durationMs) {
      // Of tiny operations most of the time is not theirs.
      if (size >= alwaysSmall) msPerSelection += (durationMs / size - msPerSelection) * 0.2;
    },
  };
}

/** Plans large operations in a thread that is there only while it is needed. */
function createLargePlanner(
  sdl: string,
  { timeoutMs }: PlannerOptions,
): {
  /** Undefined where threads cannot run our code. */
  plan(request: PlanningRequest): Promise<Plan> | undefined;
  close(): Promise<void>;
} {
  let thread: PlanThread | undefined;
  return {
    plan: (request) => (thread ??= createPlanThread(sdl, { timeoutMs }))?.plan(request),
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
