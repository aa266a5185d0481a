import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { GatewayError } from '../errors.ts';
import type { CheckedSupergraph } from '../supergraph/snapshot.ts';
import type { PlanningRequest } from './make-plan.ts';
import type { Plan } from './plan.ts';
import type { PlanningFacts } from './planning-facts.ts';

/** A thread that plans one operation after the other. */
export interface PlanThread {
  /** @throws GatewayError when there is no plan, or none in time */
  plan(request: PlanningRequest): Promise<Plan>;
  /**
   * Checks the supergraph and makes its planner ready: what takes long when it is large. Only as the first call.
   * @throws Error whose message says what is wrong with the supergraph
   */
  open(): Promise<OpenedSupergraph>;
  close(): Promise<void>;
}

/** What the main thread needs of a supergraph that it has not read itself. */
export interface OpenedSupergraph extends CheckedSupergraph {
  readonly facts: PlanningFacts;
}

/** What the thread begins with. Unless the supergraph is checked, the first thing it is told is `'open'`. */
export interface PlanThreadData {
  readonly sdl: string;
  readonly isChecked: boolean;
}

/** What the thread says: that it can begin, and then one answer per request. */
export type PlanReply =
  | 'ready'
  | { readonly plan: Plan }
  | { readonly error: string }
  | { readonly opened: OpenedSupergraph }
  | { readonly refused: string };

/** A thread that has had nothing to do for so long ends: it holds a supergraph and a planner of its own. */
const defaultIdleMs = 60_000;
/** V8 would let the young generation of a thread grow as large as that of the process, for one plan at a time. */
const maxYoungGenerationMegabytes = 24;
/** Longest time a thread may take to load its code and the supergraph, on a busy machine. */
const maxStartMs = 60_000;
/** The same for a supergraph that is checked as well, however large. */
const maxOpenMs = 600_000;

interface Job {
  readonly request: PlanningRequest | 'open';
  settle(reply: Exclude<PlanReply, 'ready'>): void;
  reject(error: unknown): void;
}

export interface PlanThreadOptions {
  /** How long planning one operation may take. */
  readonly timeoutMs: number;
  /** `Infinity`: it stays until it is closed. */
  readonly idleMs?: number;
}

/**
 * Creates a planning thread; it starts with the first operation. A plan that takes too long ends the thread, and so does
 * a minute without work; the next operation gets a new one.
 * @returns undefined where threads cannot run our code: TypeScript sources on a Node that does not read them
 */
export function createPlanThread(
  sdl: string,
  { timeoutMs, idleMs = defaultIdleMs }: PlanThreadOptions,
): PlanThread | undefined {
  const script = findScript();
  if (!script) return undefined;
  const jobs: Job[] = [];
  let worker: Worker | undefined;
  let isBusy = false;
  let isReady = false;
  let rest: NodeJS.Timeout | undefined;

  function stopWorker(): Promise<number> | undefined {
    const current = worker;
    worker = undefined;
    return current?.terminate();
  }

  function startWorker(url: URL, isChecked: boolean): Worker {
    isReady = false;
    // Loaders of the main thread, such as one for TypeScript, are none of its business.
    const started = new Worker(url, {
      workerData: { sdl, isChecked } satisfies PlanThreadData,
      execArgv: [],
      resourceLimits: { maxYoungGenerationSizeMb: maxYoungGenerationMegabytes },
    });
    // A thread may also end between two operations; the next one then gets a new thread.
    started.on('error', () => undefined);
    started.on('exit', () => {
      if (worker === started) worker = undefined;
    });
    return started;
  }

  function startNext(): void {
    const job = isBusy ? undefined : jobs.shift();
    if (!job || !script) return;
    isBusy = true;
    clearTimeout(rest);
    const isOpening = job.request === 'open';
    const limitMs = isOpening ? maxOpenMs : timeoutMs;
    worker ??= startWorker(script, !isOpening);
    const current = worker;
    current.ref();
    const giveUp = (): void => end(() => job.reject(tooSlow(limitMs)), true);
    let timer = setTimeout(giveUp, isReady ? limitMs : maxStartMs);
    const onMessage = (reply: PlanReply): void => {
      if (reply === 'ready') {
        isReady = true;
        clearTimeout(timer);
        timer = setTimeout(giveUp, limitMs);
        return;
      }
      end(() => job.settle(reply), false);
    };
    const onFailure = (cause: unknown): void =>
      end(
        () =>
          job.reject(
            new GatewayError('INTERNAL_SERVER_ERROR', 'The planning thread ended.', { cause }),
          ),
        true,
      );
    const end = (settle: () => void, isBroken: boolean): void => {
      clearTimeout(timer);
      current.off('message', onMessage).off('error', onFailure).off('exit', onFailure);
      // An idle thread does not keep the process alive.
      current.unref();
      if (isBroken) void stopWorker();
      isBusy = false;
      if (idleMs !== Infinity) rest = setTimeout(() => void stopWorker(), idleMs).unref();
      settle();
      startNext();
    };
    current.on('message', onMessage).on('error', onFailure).on('exit', onFailure);
    current.postMessage(job.request);
  }

  function ask<Result>(
    request: Job['request'],
    read: (reply: Exclude<PlanReply, 'ready'>) => Result,
  ): Promise<Result> {
    return new Promise((resolve, reject) => {
      const settle: Job['settle'] = (reply) => {
        try {
          resolve(read(reply));
        } catch (error) {
          reject(error as Error);
        }
      };
      jobs.push({ request, settle, reject });
      startNext();
    });
  }

  return {
    plan: (request) => ask(request, readPlan),
    open: () => ask('open', readOpened),
    async close() {
      const stopped = new GatewayError('SHUTTING_DOWN');
      for (const job of jobs.splice(0)) job.reject(stopped);
      clearTimeout(rest);
      await stopWorker();
    },
  };
}

function readPlan(reply: Exclude<PlanReply, 'ready'>): Plan {
  if ('plan' in reply) return reply.plan;
  throw new GatewayError('INTERNAL_SERVER_ERROR', 'error' in reply ? reply.error : undefined);
}

function readOpened(reply: Exclude<PlanReply, 'ready'>): OpenedSupergraph {
  if ('opened' in reply) return reply.opened;
  throw new Error('refused' in reply ? reply.refused : 'it cannot be read');
}

function tooSlow(timeoutMs: number): GatewayError {
  return new GatewayError(
    'DEADLINE_EXCEEDED',
    `Planning the operation took more than ${timeoutMs} ms. Ask for less at once.`,
  );
}

/** The thread's script: above this file once built; from sources, the built one if there is one. */
function findScript(): URL | undefined {
  const isBuilt = import.meta.url.endsWith('.js');
  const built = new URL(
    '../plan-worker.js',
    import.meta.url.replace('/src/planning/', '/dist/planning/'),
  );
  return isBuilt || existsSync(fileURLToPath(built)) ? built : undefined;
}
