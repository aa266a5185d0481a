import { setImmediate } from 'node:timers/promises';

/** Work that pauses after each piece: others may have their turn then. */
export type Turns<Result> = Generator<undefined, Result, undefined>;

/** How long small pieces may take together. */
const maxPieceMs = 5;

/** Does the work without a pause. */
export function atOnce<Result>(turns: Turns<Result>): Result {
  for (;;) {
    const { done, value } = turns.next();
    if (done) return value;
  }
}

/** Does one piece in each turn of the event loop: requests come first. */
export async function inTurns<Result>(turns: Turns<Result>): Promise<Result> {
  for (;;) {
    const { done, value } = turns.next();
    if (done) return value;
    await setImmediate();
  }
}

/** Returns what work of many small pieces calls after each of them: it pauses once they have taken a few milliseconds. */
export function createPace(): () => Turns<void> {
  let sinceMs = performance.now();
  return function* pace() {
    if (performance.now() - sinceMs < maxPieceMs) return;
    yield;
    sinceMs = performance.now();
  };
}
