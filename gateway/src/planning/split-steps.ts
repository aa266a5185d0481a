import type { FetchStep, Plan } from './plan.ts';

/** Puts parts in place of steps; whoever waits for a step waits for all its parts. */
export function splitSteps(plan: Plan, split: (step: FetchStep) => readonly FetchStep[]): Plan {
  const steps: FetchStep[] = [];
  const newIds = new Map<number, number[]>();
  for (const step of plan.steps) {
    const after = step.after.flatMap((id) => newIds.get(id) ?? []);
    newIds.set(
      step.id,
      split(step).map((part) => steps.push({ ...part, id: steps.length, after }) - 1),
    );
  }
  return { ...plan, steps };
}
