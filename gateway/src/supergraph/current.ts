import type { Logger } from '@trellis/platform/log';
import { announce } from '../channels.ts';
import type { StopWatching, SupergraphSource } from './source.ts';

type Phase<Served> =
  | { readonly phase: 'created' }
  | { readonly phase: 'serving'; readonly served: Served; readonly stopWatching: StopWatching }
  | { readonly phase: 'stopped' };

/** The supergraph being served at this moment, and its replacement by newer ones. */
export interface CurrentSupergraph<Served> {
  /**
   * Loads the first supergraph and watches for later ones.
   * @throws InvalidSupergraphError when there is none or it is invalid
   */
  readonly start: () => Promise<void>;
  /** What to answer from now. Callers keep it for their whole request. */
  readonly get: () => Served;
  readonly isServing: () => boolean;
  /** Called after each swap with what is served from now on. Returns the function that ends it. */
  readonly onSwap: (listener: (served: Served) => void) => () => void;
  /** Stops watching; what is being served can still be had until the process ends. */
  readonly stop: () => void;
}

export interface CurrentSupergraphOptions<Served> {
  readonly source: SupergraphSource;
  /** Builds everything that answers requests. Throws when the supergraph is invalid. */
  readonly build: (sdl: string) => Served | Promise<Served>;
  /** A sentence part for the log, such as the id and the number of subgraphs. */
  readonly describe: (served: Served) => Record<string, unknown>;
  readonly log: Logger;
}

/** The supergraph cannot be served. The message is for whoever runs the gateway. */
export class InvalidSupergraphError extends Error {
  override readonly name = 'InvalidSupergraphError';
}

/** Serves the last valid supergraph of a source: a newer one replaces it whole or, when invalid, not at all. */
export function createCurrentSupergraph<Served>(
  options: CurrentSupergraphOptions<Served>,
): CurrentSupergraph<Served> {
  const { source, log } = options;
  const listeners = new Set<(served: Served) => void>();
  let state: Phase<Served> = { phase: 'created' };
  /** The newest text that is still to be built: versions that arrive during a build replace each other. */
  let pending: string | undefined;
  let isBuilding = false;

  async function swap(sdl: string): Promise<void> {
    let served: Served;
    try {
      served = await options.build(sdl);
    } catch (error) {
      const reason = describeProblem(error);
      log.error(
        { source: source.description, reason },
        'supergraph refused, serving the last good one',
      );
      announce({ event: 'supergraph', outcome: 'refused' });
      return;
    }
    if (state.phase !== 'serving') return;
    state = { ...state, served };
    log.info({ source: source.description, ...options.describe(served) }, 'supergraph swapped');
    announce({ event: 'supergraph', outcome: 'swapped' });
    for (const listener of listeners) notify(listener, served, log);
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

  return {
    async start() {
      const sdl = await source.load();
      const served = await buildFirst(sdl, options);
      const stopWatching = source.watch({
        onChange(newer) {
          pending = newer;
          void buildPending();
        },
        onProblem(error) {
          log.warn(
            { source: source.description, reason: error.message },
            'supergraph cannot be read',
          );
          announce({ event: 'supergraph', outcome: 'unreadable' });
        },
      });
      state = { phase: 'serving', served, stopWatching };
    },
    get() {
      if (state.phase !== 'serving')
        throw new Error(`no supergraph is being served: ${state.phase}`);
      return state.served;
    },
    isServing: () => state.phase === 'serving',
    onSwap(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop() {
      if (state.phase === 'serving') state.stopWatching();
    },
  };
}

async function buildFirst<Served>(
  sdl: string,
  { build, source }: CurrentSupergraphOptions<Served>,
): Promise<Served> {
  try {
    return await build(sdl);
  } catch (error) {
    throw new InvalidSupergraphError(
      `The supergraph ${source.description} is invalid: ${describeProblem(error)}`,
      { cause: error },
    );
  }
}

/** Composition libraries report several problems as `causes` of one error; one line must do. */
function describeProblem(error: unknown): string {
  const { message, causes } = error as Error & { readonly causes?: readonly Error[] };
  const all = causes && causes.length > 0 ? causes.map((cause) => cause.message) : [message];
  const shown = all.slice(0, 5).join('; ').replace(/\s+/g, ' ');
  const clipped = shown.length > 1_000 ? `${shown.slice(0, 1_000)}…` : shown;
  return all.length > 5 ? `${clipped} (and ${all.length - 5} more)` : clipped;
}

function notify<Served>(listener: (served: Served) => void, served: Served, log: Logger): void {
  try {
    listener(served);
  } catch (error) {
    log.error({ err: error }, 'a listener for supergraph changes failed');
  }
}
