import type { Logger } from '@trellis/platform/log';
import { describeProblem } from '../describe-problem.ts';
import { loadFirst, type LoadFirstOptions, type Version } from './load-first.ts';
import type { StopWatching, SupergraphListener } from './source.ts';
import { createSupergraphStatus } from './supergraph-status.ts';

type Phase<Served> =
  | { readonly phase: 'created' }
  | {
      readonly phase: 'serving';
      readonly version: Version<Served>;
      /** What was served before, until it is settled that it is not needed any more. */
      readonly previous?: Version<Served> | undefined;
    };

/** Why something else is served now. */
export type SwapCause = 'newer' | 'rollback';

export type SwapListener<Served> = (served: Served, cause: SwapCause) => void;

/** The supergraph being served at this moment, and its replacement by newer ones. */
export interface CurrentSupergraph<Served> {
  /**
   * Loads the first supergraph and watches for later ones.
   * @throws InvalidSupergraphError when there is none or it is invalid, and no good one is on disk
   */
  readonly start: () => Promise<void>;
  /** What to answer from now. Callers keep it for their whole request. */
  readonly get: () => Served;
  readonly isServing: () => boolean;
  /** Called after each swap with what is served from now on. Returns the function that ends it. */
  readonly onSwap: (listener: SwapListener<Served>) => () => void;
  /** Serves again what was served before the last swap, unless that is settled. */
  readonly rollBack: (reason: string) => void;
  /** The last swap will not be taken back: what was before it may go. */
  readonly settle: () => void;
  /** Stops watching; what is being served can still be had until the process ends. */
  readonly stop: () => void;
}

export interface CurrentSupergraphOptions<Served> extends LoadFirstOptions<Served> {
  /** A sentence part for the log, such as the id and the number of subgraphs. */
  readonly describe: (served: Served) => Record<string, unknown>;
}

/** Serves the last valid supergraph of a source: a newer one replaces it whole or, when invalid, not at all. */
export function createCurrentSupergraph<Served>(
  options: CurrentSupergraphOptions<Served>,
): CurrentSupergraph<Served> {
  const { source, log } = options;
  const listeners = new Set<SwapListener<Served>>();
  const status = createSupergraphStatus(source.description, log);
  let state: Phase<Served> = { phase: 'created' };
  let stopWatching: StopWatching | undefined;
  /** The newest text that is still to be built: versions that arrive during a build replace each other. */
  let pending: string | undefined;
  let isBuilding = false;

  function serve(version: Version<Served>, previous: Version<Served> | undefined): void {
    state = { phase: 'serving', version, previous };
    const cause = previous ? 'newer' : 'rollback';
    for (const listener of listeners) notify(() => listener(version.served, cause), log);
  }

  async function swap(sdl: string): Promise<void> {
    if (state.phase !== 'serving') return;
    if (sdl === state.version.sdl) {
      status.upToDate();
      return;
    }
    let served: Served;
    try {
      served = await options.build(sdl);
    } catch (error) {
      status.refused(describeProblem(error));
      return;
    }
    status.swapped(options.describe(served));
    serve({ sdl, served }, state.version);
  }

  async function buildPending(): Promise<void> {
    if (isBuilding) return;
    isBuilding = true;
    while (pending !== undefined) {
      const sdl = pending;
      pending = undefined;
      await swap(sdl);
    }
    isBuilding = false;
  }

  const listener: SupergraphListener = {
    onChange(newer) {
      status.readable();
      pending = newer;
      void buildPending();
    },
    onUnchanged: () => status.readable(),
    onProblem: (error) => status.unreadable(error.message),
  };

  return {
    async start() {
      const { isFromDisk, ...version } = await loadFirst(options);
      if (isFromDisk) status.behind();
      state = { phase: 'serving', version };
      stopWatching = source.watch(listener);
    },
    get() {
      if (state.phase !== 'serving')
        throw new Error(`no supergraph is being served: ${state.phase}`);
      return state.version.served;
    },
    isServing: () => state.phase === 'serving',
    onSwap(given) {
      listeners.add(given);
      return () => listeners.delete(given);
    },
    rollBack(reason) {
      if (state.phase !== 'serving' || !state.previous) return;
      const { previous } = state;
      status.rolledBack(reason, options.describe(previous.served));
      serve(previous, undefined);
    },
    settle() {
      if (state.phase === 'serving') state = { phase: 'serving', version: state.version };
    },
    stop() {
      stopWatching?.();
      status.end();
    },
  };
}

function notify(call: () => void, log: Logger): void {
  try {
    call();
  } catch (error) {
    log.error({ err: error }, 'a listener for supergraph changes failed');
  }
}
