import type { FetchStep } from './plan.ts';

/** Puts steps behind those they wait for, and numbers them anew. */
export function sortSteps(steps: readonly FetchStep[]): FetchStep[] {
  const sorted: FetchStep[] = [];
  const newIds = new Map<number, number>();
  let waiting = steps;
  while (waiting.length > 0) {
    const ready = waiting.filter(({ after }) => after.every((id) => newIds.has(id)));
    if (ready.length === 0) throw new Error('The steps of the plan wait for each other.');
    for (const step of ready) {
      const after = step.after.map((id) => newIds.get(id) ?? 0);
      newIds.set(step.id, sorted.push({ ...step, id: sorted.length, after }) - 1);
    }
    waiting = waiting.filter((step) => !ready.includes(step));
  }
  return sorted;
}
