import type { FetchContext } from '../fetch-context.ts';
import type { Instance } from '../instance.ts';
import type { InstancePicker } from '../send.ts';

/** Failures in a row after which an instance is left alone, while others are there. */
const maxFailuresInRow = 3;
const ejectionMs = 5_000;

/**
 * Chooses the instance with the fewest fetches under way, for its weight where weights differ. One that fails three times in a row is left out
 * for five seconds, and one that just failed this fetch is avoided by its next try; if that leaves none, any will do.
 * Those of a worse priority are asked only while none of a better one is well.
 * One that asked for quiet is chosen only when all did; the caller then looks at its `heldUntilMs`.
 * @param instances read anew at every choice, so the list may change at run time
 * @param now a monotonic clock in milliseconds
 */
export function balance(
  instances: () => readonly Instance[],
  now: () => number = () => performance.now(),
): InstancePicker {
  let turn = 0;

  function leastPending(candidates: readonly Instance[]): Instance | undefined {
    const [first] = candidates;
    if (!first) return undefined;
    const { weight } = first;
    if (candidates.some((candidate) => candidate.weight !== weight)) return byWeight(candidates);
    let best: Instance | undefined;
    // Starting elsewhere each time spreads equal loads.
    turn = (turn + 1) % candidates.length;
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
      const willing = all.filter(({ heldUntilMs }) => heldUntilMs <= nowMs);
      const healthy = willing.filter(({ ejectedUntilMs }) => ejectedUntilMs <= nowMs);
      const others = healthy.filter((instance) => instance !== context.lastInstance);
      // A repeated try goes where nothing failed of late, also to a spare one.
      const unhurt = context.lastInstance
        ? others.filter(({ failuresInRow }) => failuresInRow === 0)
        : others;
      return (
        leastPending(bestPriority(unhurt)) ??
        leastPending(bestPriority(others)) ??
        leastPending(bestPriority(healthy)) ??
        leastPending(bestPriority(willing)) ??
        firstWilling(all)
      );
    },
    hold(instance, milliseconds) {
      instance.heldUntilMs = Math.max(instance.heldUntilMs, now() + milliseconds);
      return instances().some(({ heldUntilMs }) => heldUntilMs <= now());
    },
    report(instance, isWell) {
      if (isWell) {
        instance.failuresInRow = 0;
        return;
      }
      instance.failuresInRow += 1;
      if (instance.failuresInRow >= maxFailuresInRow) instance.ejectedUntilMs = now() + ejectionMs;
    },
  };
}

/**
 * Draws two instances, each by its weight, and takes the one that has less to do for its weight. While nobody is busy
 * the shares are those of the weights.
 */
function byWeight(candidates: readonly Instance[]): Instance | undefined {
  const [one, other] = [drawByWeight(candidates), drawByWeight(candidates)];
  if (!one || !other) return one ?? other;
  return other.pending / other.weight < one.pending / one.weight ? other : one;
}

function drawByWeight(candidates: readonly Instance[]): Instance | undefined {
  const total = candidates.reduce((sum, { weight }) => sum + weight, 0);
  let left = Math.random() * total;
  return candidates.find(({ weight }) => (left -= weight) < 0) ?? candidates.at(-1);
}

/** Those that no other one is better than. */
function bestPriority(candidates: readonly Instance[]): readonly Instance[] {
  const [first] = candidates;
  if (!first || candidates.every(({ priority }) => priority === first.priority)) return candidates;
  const best = Math.min(...candidates.map(({ priority }) => priority));
  return candidates.filter(({ priority }) => priority === best);
}

/** The one whose asked-for quiet ends first. */
function firstWilling(all: readonly Instance[]): Instance | undefined {
  return all.toSorted((one, other) => one.heldUntilMs - other.heldUntilMs)[0];
}
