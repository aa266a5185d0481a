import type { FetchContext } from '../fetch-context.ts';
import type { Instance } from '../instance.ts';
import type { InstancePicker } from '../send.ts';

/** Failures in a row after which an instance is left alone, while others are there. */
const maxFailuresInRow = 3;
const ejectionMs = 5_000;

/**
 * Chooses the instance with the fewest fetches under way. One that cannot be reached three times in a row is left out
 * for five seconds, and one that just failed this fetch is avoided by its next try; if that leaves none, any will do.
 * @param instances read anew at every choice, so the list may change at run time
 * @param now a monotonic clock in milliseconds
 */
export function balance(
  instances: () => readonly Instance[],
  now: () => number = () => performance.now(),
): InstancePicker {
  let turn = 0;

  function leastPending(candidates: readonly Instance[]): Instance | undefined {
    let best: Instance | undefined;
    // Starting elsewhere each time spreads equal loads.
    turn = (turn + 1) % Math.max(1, candidates.length);
    for (let step = 0; step < candidates.length; step += 1) {
      const candidate = candidates[(turn + step) % candidates.length];
      if (candidate && (!best || candidate.pending < best.pending)) best = candidate;
    }
    return best;
  }

  return {
    pick(context: FetchContext) {
      const all = instances();
      if (all.length === 1) return all[0];
      const nowMs = now();
      const healthy = all.filter(({ ejectedUntilMs }) => ejectedUntilMs <= nowMs);
      const others = healthy.filter((instance) => instance !== context.lastInstance);
      return leastPending(others) ?? leastPending(healthy) ?? leastPending(all);
    },
    report(instance, isReachable) {
      if (isReachable) {
        instance.failuresInRow = 0;
        return;
      }
      instance.failuresInRow += 1;
      if (instance.failuresInRow >= maxFailuresInRow) instance.ejectedUntilMs = now() + ejectionMs;
    },
  };
}
