import { namesInKeys, namesRequired, topFields } from '../planning/part-of-step.ts';
import type { FetchStep, Plan, RequiredSelection } from '../planning/plan.ts';
import type { EntityFacts } from '../planning/entity-needs.ts';
import type { GuardPoint } from './guards.ts';
import type { Position, PositionTree } from './position.ts';

/** Who needs a field of an object: nobody but fields guarded at these points, or somebody in any case. */
export type Need = ReadonlySet<number> | 'always';

export interface Needs {
  of(position: Position, name: string): Need;
  /** What a step's subgraph is told of an object for some of its fields alone, beside the key. */
  told(step: FetchStep, names: ReadonlySet<string>): ReadonlySet<string>;
}

export interface NeedsInput {
  readonly plan: Plan;
  readonly tree: PositionTree;
  readonly facts: EntityFacts;
  readonly points: readonly GuardPoint[];
  /** By `position.id name`: what the client asks for. */
  readonly asked: ReadonlySet<string>;
  /** By `position.id name`: what rules read. */
  readonly read: ReadonlySet<string>;
}

/**
 * Finds which fields are there for guarded fields only: those themselves, and what only they `@require`. An object that
 * may show none of them needs no such field either.
 */
export function findNeeds(input: NeedsInput): Needs {
  const { plan, tree, points, asked, read } = input;
  const pointAt = new Map(points.map(({ position, name, id }) => [`${position.id} ${name}`, id]));
  const known = new Map<string, Need>();
  const tellers = new Map(
    plan.steps.map((step) => [step.id, compileTold(step, tree, input.facts)]),
  );
  const told: Needs['told'] = (step, names) => tellers.get(step.id)?.(names).beside ?? new Set();

  function of(position: Position, name: string): Need {
    const key = `${position.id} ${name}`;
    let need = known.get(key);
    if (need === undefined) {
      // Fields that require each other are needed in any case.
      known.set(key, 'always');
      known.set(key, (need = find(position, name, key)));
    }
    return need;
  }

  function find(position: Position, name: string, key: string): Need {
    if (read.has(key)) return 'always';
    const found = new Set<number>();
    if (asked.has(key)) {
      const point = pointAt.get(key);
      if (point === undefined) return 'always';
      found.add(point);
    }
    for (const step of plan.steps) {
      const need = needOfStep(step, position, name);
      if (need === 'always') return need;
      for (const point of need) found.add(point);
    }
    return found.size === 0 ? 'always' : found;
  }

  /** Who needs that a step tells its subgraph a field of the objects at a position. */
  function needOfStep(step: FetchStep, position: Position, name: string): Need {
    const path = position.path();
    if (!mentions(step.requires ?? [], [...path, name].slice(step.path.length))) return new Set();
    if (step.path.length > path.length || step.path.some((element, at) => element !== path[at])) {
      return new Set();
    }
    // What stands deeper is collected only where what stands above is needed (`Position.guards`).
    if (step.path.length < path.length) return 'always';
    const found = new Set<number>();
    for (const each of namesBrought(step, tree)) {
      const { beside, keys } = tellers.get(step.id)?.(new Set([each])) ?? emptyTold;
      if (!beside.has(name) && !keys.has(name)) continue;
      const need = of(position, each);
      if (need === 'always') return need;
      for (const point of need) found.add(point);
    }
    return found.size === 0 ? 'always' : found;
  }

  return { of, told };
}

/** The names of what a step brings for its objects. */
export function namesBrought(step: FetchStep, tree: PositionTree): Set<string> {
  const shape = tree.at(step.path).steps.find(({ id }) => id === step.id)?.shape ?? [];
  return new Set(shape.map(({ name }) => name).filter((name) => name !== '__typename'));
}

interface Told {
  readonly keys: ReadonlySet<string>;
  readonly beside: ReadonlySet<string>;
}

const emptyTold: Told = { keys: new Set(), beside: new Set() };

function compileTold(
  step: FetchStep,
  tree: PositionTree,
  facts: EntityFacts,
): (names: ReadonlySet<string>) => Told {
  const carried = namesAtTop(step.requires ?? []);
  carried.delete('__typename');
  if (carried.size === 0) return () => emptyTold;
  const types = new Set(topFields(step).map(({ on }) => on));
  const keys = namesInKeys({ subgraph: step.subgraph, types }, carried, facts);
  const others = new Set([...carried].filter((name) => !keys.has(name)));
  if (others.size === 0) return () => ({ keys, beside: others });
  const needsOf = namesRequired(step.subgraph, others, facts);
  const shape = tree.at(step.path).steps.find(({ id }) => id === step.id)?.shape ?? [];
  const nameOf = new Map(shape.map(({ dataName, name }) => [dataName, name]));
  const fields = topFields(step);
  return (names) => ({
    keys,
    beside: new Set(
      fields.flatMap((field) =>
        names.has(nameOf.get(field.dataName) ?? field.dataName) ? needsOf(field) : [],
      ),
    ),
  });
}

function namesAtTop(selections: readonly RequiredSelection[]): Set<string> {
  return new Set(
    selections.flatMap((each) =>
      each.kind === 'fragment' ? [...namesAtTop(each.selections)] : [each.name],
    ),
  );
}

/** Whether selections hold a field at the end of a path. */
function mentions(
  selections: readonly RequiredSelection[],
  [name, ...rest]: readonly string[],
): boolean {
  return selections.some((each) => {
    if (each.kind === 'fragment') return mentions(each.selections, [name ?? '', ...rest]);
    return each.name === name && (rest.length === 0 || mentions(each.selections ?? [], rest));
  });
}
