import { MultiMap } from '@apollo/federation-internals';
import { mendConditions, type ConditionalFetch } from './mend-conditions.ts';
import { mendOptions } from './mend-options.ts';
import { mendTypename } from './mend-typename.ts';

/** What we know of the planner's fetches and of the graph they stand in. The package does not export these classes. */
interface Fetch extends ConditionalFetch {
  readonly dependencyGraph: FetchGraph;
  children(): readonly Fetch[];
  removeChild(child: Fetch): void;
}
interface FetchGraph {
  readonly groups: Iterable<Fetch>;
  isReduced: boolean;
  reduce: (this: FetchGraph) => void;
  dfsRemoveRedundantEdges: (from: Fetch) => void;
  mergeFetchesToSameSubgraphAndSameInputs: (this: FetchGraph) => void;
}

/** The planner has made two fetches wait for one another. */
class CircularPlan extends Error {
  override readonly name = 'CircularPlan';
  constructor() {
    super('two fetches of the plan wait for one another');
  }
}

let mayMerge = true;
let isMended = false;

/**
 * Makes a plan, with the planner mended (@apollo/query-planner 2.14.4). Where two objects of different types stand at one
 * place it joins equal fetches although one waits for the other. It then gives up ("would create a cycle"), or
 * goes round in that circle until memory is full. Such an operation is planned once more without that joining, which only
 * saves fetches.
 */
export function planMended<Plan>(makePlan: () => Plan): Plan {
  if (!isMended) meetPlanner();
  try {
    return makePlan();
  } catch (error) {
    if (!isCircular(error)) throw error;
  }
  mayMerge = false;
  try {
    return makePlan();
  } finally {
    mayMerge = true;
  }
}

function isCircular(error: unknown): boolean {
  // A RangeError is a circle that was walked until the stack was full.
  const isWalked = error instanceof RangeError;
  return isWalked || error instanceof CircularPlan || /would create a cycle/.test(String(error));
}

/** The planner gathers its fetches in a `MultiMap`: the first that comes along leads to the class to be mended. */
function meetPlanner(): void {
  isMended = true;
  mendOptions();
  mendTypename();
  const { prototype } = MultiMap;
  // It is called with the map it belongs to, below.
  // oxlint-disable-next-line typescript/unbound-method
  const { add } = prototype;
  prototype.add = function addAndLook(this: MultiMap<unknown, unknown>, key, value) {
    const graph = (value as Partial<Fetch> | undefined)?.dependencyGraph;
    if (graph) {
      prototype.add = add;
      mend(Object.getPrototypeOf(graph) as FetchGraph);
      mendConditions(Object.getPrototypeOf(value) as Fetch);
    }
    return add.call(this, key, value);
  };
}

function mend(prototype: FetchGraph): void {
  const { reduce, mergeFetchesToSameSubgraphAndSameInputs: merge } = prototype;
  prototype.reduce = function reduceWithoutCircles(this: FetchGraph) {
    if (!this.isReduced && hasCircle(this.groups)) throw new CircularPlan();
    reduce.call(this);
  };
  prototype.dfsRemoveRedundantEdges = removeShortcuts;
  prototype.mergeFetchesToSameSubgraphAndSameInputs = function mergeWherePossible(
    this: FetchGraph,
  ) {
    if (mayMerge) merge.call(this);
    else this.reduce();
  };
}

/** Takes out what a fetch waits for anyway. Each fetch is visited once, not once for every way to it. */
function removeShortcuts(from: Fetch): void {
  const seen = new Set<Fetch>();
  const pending = from.children().flatMap((child) => child.children());
  for (let next = pending.pop(); next; next = pending.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    pending.push(...next.children());
  }
  for (const each of seen) from.removeChild(each);
}

function hasCircle(fetches: Iterable<Fetch>): boolean {
  const state = new Map<Fetch, 'begun' | 'done'>();
  const pending = [...fetches];
  for (let fetch = pending.at(-1); fetch; fetch = pending.at(-1)) {
    if (state.has(fetch)) {
      state.set(fetch, 'done');
      pending.pop();
      continue;
    }
    state.set(fetch, 'begun');
    for (const child of fetch.children()) {
      const known = state.get(child);
      // What is begun and not done stands on the way to here.
      if (known === 'begun') return true;
      if (known === undefined) pending.push(child);
    }
  }
  return false;
}
