import type { FetchStep, Plan, RequiredSelection } from '../planning/plan.ts';
import { atPlace, type Position, type PositionTree } from './position.ts';

/** One request to one subgraph: a root fetch, or entity fetches that travel together. */
export interface Group {
  /** In the printed plan; from 1. */
  readonly number: number;
  readonly subgraph: string;
  readonly steps: readonly FetchStep[];
  /** Groups that must be complete before this one starts. */
  readonly after: readonly number[];
  /** 0 for groups that wait for nothing. */
  readonly wave: number;
}

/**
 * Finds which steps really need which, and puts those together that can travel together.
 *
 * The planner's sequences say more than the data needs: a step waits here for the steps whose data it reads, on the way
 * to its objects and in them. Mutations keep the planner's order as it is.
 *
 * Entity steps of one wave to one subgraph become one group. A step nobody waits for may also move to a later wave in
 * which its subgraph is asked anyway: the answer cannot be complete before that.
 */
export function orderSteps(
  plan: Plan,
  tree: PositionTree,
  options: {
    readonly merge: boolean;
    /** Adds what steps must wait for besides their data. */
    readonly addNeeds?: ((needs: readonly Set<number>[]) => void) | undefined;
  },
): Group[] {
  const needs = plan.steps.map((step) =>
    plan.kind === 'query' ? dataNeeds(plan, step, tree) : new Set(step.after),
  );
  options.addNeeds?.(needs);
  const waves = findWaves(needs);
  const merges = options.merge && plan.kind === 'query';
  if (merges) moveToLaterWaves(plan.steps, needs, waves);

  const groups = new Map<string, FetchStep[]>();
  for (const step of plan.steps) {
    const mayMerge = merges && step.requires !== undefined && step.contexts.length === 0;
    const key = mayMerge ? `${waves[step.id]}/${step.subgraph}` : `step/${step.id}`;
    const members = groups.get(key);
    if (members) members.push(step);
    else groups.set(key, [step]);
  }
  const members = [...groups.values()];
  const groupOf = new Map(
    members.flatMap((steps, at) => steps.map((step) => [step.id, at] as const)),
  );
  return members.map((steps, at) => {
    const after = new Set(
      steps.flatMap((step) => [...(needs[step.id] ?? [])].map((id) => groupOf.get(id) ?? 0)),
    );
    const wave = Math.max(...steps.map((step) => waves[step.id] ?? 0));
    const subgraph = steps[0]?.subgraph ?? '';
    return { number: at + 1, subgraph, steps, after: [...after], wave };
  });
}

/** The length of the longest way to each step. */
function findWaves(needs: readonly ReadonlySet<number>[]): number[] {
  const waves: number[] = [];
  const waveOf = (id: number): number =>
    (waves[id] ??= Math.max(-1, ...[...(needs[id] ?? [])].map(waveOf)) + 1);
  needs.forEach((_needs, id) => waveOf(id));
  return waves;
}

function dataNeeds(plan: Plan, step: FetchStep, tree: PositionTree): Set<number> {
  const before = stepsBefore(plan, step);
  const needs = new Set<number>();
  const addSources = (position: Position, name: string): void => {
    for (const source of position.sources(name, undefined)) {
      if (source.step !== atPlace && before.has(source.step)) needs.add(source.step);
    }
  };
  const addRequired = (selections: readonly RequiredSelection[], position: Position): void => {
    for (const selection of selections) {
      if (selection.kind === 'fragment') addRequired(selection.selections, position);
      else {
        addSources(position, selection.name);
        if (selection.selections) addRequired(selection.selections, position.child(selection.name));
      }
    }
  };
  let position = tree.root;
  for (const key of step.path) {
    addSources(position, key);
    position = position.child(key);
  }
  addRequired(step.requires ?? [], position);
  for (const context of step.contexts) {
    // Context may come from anywhere above: wait for everything the planner put before.
    if (context.path.length > 0) for (const id of before) needs.add(id);
  }
  return needs;
}

function stepsBefore(plan: Plan, step: FetchStep): Set<number> {
  const before = new Set<number>();
  const add = (ids: readonly number[]): void => {
    for (const id of ids) {
      if (before.has(id)) continue;
      before.add(id);
      add(plan.steps[id]?.after ?? []);
    }
  };
  add(step.after);
  return before;
}

function moveToLaterWaves(
  steps: readonly FetchStep[],
  needs: readonly ReadonlySet<number>[],
  waves: number[],
): void {
  const needed = new Set<number>();
  for (const ids of needs) for (const id of ids) needed.add(id);
  const mayMove = (step: FetchStep): boolean =>
    step.requires !== undefined && step.contexts.length === 0;
  const wavesOf = new Map<string, Set<number>>();
  for (const step of steps) {
    if (!mayMove(step)) continue;
    const own = wavesOf.get(step.subgraph) ?? new Set();
    wavesOf.set(step.subgraph, own.add(waves[step.id] ?? 0));
  }
  for (const step of steps) {
    if (needed.has(step.id) || !mayMove(step)) continue;
    const own = waves[step.id] ?? 0;
    const later = [...(wavesOf.get(step.subgraph) ?? [])].filter((wave) => wave > own);
    if (later.length > 0) waves[step.id] = Math.min(...later);
  }
}
