import type { PlannedApart } from './execution/engine-planning.ts';
import { createPlanThread } from './planning/plan-thread.ts';
import { assembleSnapshot, makeSnapshotInTurns, type Snapshot } from './supergraph/snapshot.ts';
import { openDocument } from './supergraph/supergraph-document.ts';
import { inTurns } from './turns.ts';

export interface OpenSupergraph {
  readonly snapshot: Snapshot;
  /** Where a thread has checked it: that thread has its planner ready as well. */
  readonly apart: PlannedApart | undefined;
}

export interface OpenOptions {
  readonly planTimeoutMs: number;
  /** Texts of so many characters or more are checked in a thread. */
  readonly apartFrom: number;
}

/**
 * Above this, one piece of checking a text or making its planner takes more than some 50 ms: the libraries for that
 * have no pauses.
 */
export const largeSupergraph = 60_000;

/**
 * Checks a supergraph and makes a snapshot of it, without keeping anybody waiting: what takes long of a large one is
 * done in a thread.
 * @throws Error whose message says what is wrong with the supergraph
 */
export async function openSupergraph(
  sdl: string,
  { planTimeoutMs, apartFrom }: OpenOptions,
): Promise<OpenSupergraph> {
  const thread =
    sdl.length < apartFrom
      ? undefined
      : createPlanThread(sdl, { timeoutMs: planTimeoutMs, idleMs: Infinity });
  if (!thread) {
    const snapshot = await makeSnapshotInTurns(sdl);
    await inTurns(openDocument(snapshot));
    return { snapshot, apart: undefined };
  }
  try {
    const opened = await thread.open();
    const snapshot = await assembleSnapshot(sdl, opened);
    await inTurns(openDocument(snapshot));
    return { snapshot, apart: { ...opened, thread } };
  } catch (error) {
    await thread.close();
    throw error;
  }
}
