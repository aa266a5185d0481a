import type { z } from 'zod';
import type { Snapshot } from '../supergraph/snapshot.ts';
import { inTurns } from '../turns.ts';
import type { Engine } from './engine.ts';
import type { TrellisEngineOptions } from './engine-options.ts';
import { openPlanning, planningApart, type PlannedApart } from './engine-planning.ts';
import type { engineSettings } from './options.ts';
import type { NoteUnfitAnswer } from './unfit-answer.ts';

export interface EngineChoice {
  readonly engine: 'trellis' | 'apollo';
  readonly execution: z.output<typeof engineSettings>;
  /** Tells callers apart whose work must not be shared. */
  readonly callerKey: NonNullable<TrellisEngineOptions['callerKey']>;
  /** Learns of answers that do not fit the schema or the question. */
  readonly noteUnfit: NoteUnfitAnswer;
}

/**
 * Creates the engine the settings name, in turns of the event loop. Only that one is loaded: stock Apollo alone takes a
 * third of a second.
 * @param apart where a thread has the planner ready already
 * @throws Error when the engine cannot serve the supergraph
 */
export async function createEngine(
  snapshot: Snapshot,
  choice: EngineChoice,
  apart: PlannedApart | undefined,
): Promise<Engine> {
  if (choice.engine === 'apollo') {
    const { createApolloEngine } = await import('./apollo-engine.ts');
    return createApolloEngine(snapshot, choice.noteUnfit);
  }
  const { createTrellisEngine } = await import('./trellis-engine.ts');
  const { sdl, apiSchema } = snapshot;
  const options = toEngineOptions(choice);
  const planning = apart
    ? planningApart(sdl, apart, { document: snapshot.document(), options })
    : await inTurns(openPlanning(sdl, options));
  return createTrellisEngine({ sdl, apiSchema, options, planning });
}

function toEngineOptions({ execution, callerKey, noteUnfit }: EngineChoice): TrellisEngineOptions {
  const { planTimeoutMs, maxPlanCacheBytes, ...rest } = execution;
  const planning = { timeoutMs: planTimeoutMs, cacheBytes: maxPlanCacheBytes };
  // The walk asks authorization before the engine, for every operation (pipeline.ts).
  return { ...rest, callerKey, planning, noteUnfit, enforcesAccessDirectives: true };
}
