import type { FetchStep, Plan } from '../planning/plan.ts';
import type { CompiledPoint } from './compile-point.ts';
import { namesBrought, type Needs } from './find-needs.ts';
import type { Group } from './order-steps.ts';
import type { Position, PositionTree } from './position.ts';
import { requiredPlaces } from './required-places.ts';
import type { Run } from './run.ts';

/** The guarded fields of a plan: who is judged when, and what must not be fetched before. */
export interface Guards {
  /** By `position.id name`: which point a field is. */
  readonly pointOf: ReadonlyMap<string, number>;
  /** Makes steps wait for what rules read, where that is possible. Call before groups are made. */
  addNeeds(needs: readonly Set<number>[]): void;
  /** Judges what must be known before a group may start. Undefined when it is known. */
  before(group: Group, run: Run): Promise<void> | undefined;
  /** Judges all the rest. */
  finish(run: Run): Promise<void> | undefined;
}

export interface GuardsInput {
  readonly plan: Plan;
  readonly tree: PositionTree;
  /** By id. */
  readonly points: readonly CompiledPoint[];
  readonly needs: Needs;
}

/** Compiles the judging of guarded fields between the waves of a plan. */
export function compileGuards(input: GuardsInput): Guards {
  const { plan, tree, points } = input;
  markPositions(input);
  /** By step: the points that are judged before it. */
  const gates = new Map<number, ReadonlySet<number>>();

  const before = new Map<Group, readonly number[]>();
  const all = [...points.keys()];

  /** By point: those above it, the outermost first. */
  const above = points.map(({ point }) => guardsAbove(point.position));

  /** Undefined when it is over. Most rules say at once what they say: then nobody waits. */
  function judgeOnce(run: Run, id: number): Promise<void> | undefined {
    const known = run.judged[id];
    if (known !== undefined) return known === 'over' ? undefined : known;
    const judging = judgeFromAbove(run, id, 0);
    run.judged[id] = judging?.then(() => void (run.judged[id] = 'over')) ?? 'over';
    return judging;
  }

  /** What stands inside a denied field is not there to be judged. */
  function judgeFromAbove(run: Run, id: number, from: number): Promise<void> | undefined {
    const outer = above[id] ?? [];
    for (let at = from; at < outer.length; at += 1) {
      const judging = judgeOnce(run, outer[at] as number);
      if (judging) return judging.then(() => judgeFromAbove(run, id, at + 1));
    }
    return points[id]?.judge(run);
  }

  function judgeAll(run: Run, ids: readonly number[]): Promise<void> | undefined {
    const judgings: Promise<void>[] = [];
    for (const id of ids) {
      const judging = judgeOnce(run, id);
      if (judging) judgings.push(judging);
    }
    const [only] = judgings;
    return judgings.length > 1 ? Promise.all(judgings).then(() => undefined) : only;
  }

  /** What judging a point takes: what its rule reads, and what those above it read. */
  function allInputs(id: number): Set<number> {
    const own = points[id];
    const ids = own ? [id, ...guardsAbove(own.point.position)] : [];
    return new Set(ids.flatMap((each) => [...(points[each]?.inputs ?? [])]));
  }

  return {
    pointOf: new Map(
      points.map(({ point: { position, name, id } }) => [keyAt(position, name), id]),
    ),
    addNeeds(needs) {
      for (const step of plan.steps) {
        const judged = new Set<number>();
        for (const id of pointsOf(step, input)) {
          const inputs = [...allInputs(id)];
          // The rule reads what this very step brings: it is judged afterwards, and nothing inside is shown.
          if (!inputs.every((each) => each !== step.id && !reaches(needs, each, step.id))) continue;
          for (const each of inputs) needs[step.id]?.add(each);
          judged.add(id);
        }
        if (judged.size === 0) continue;
        gates.set(step.id, judged);
        const skips = skippedBy(step, judged, input);
        if (skips) tree.skips.set(step.id, skips);
        if (isForClientOnly(step, judged, input)) tree.clientOnly.add(step.id);
      }
    },
    before(group, run) {
      let ids = before.get(group);
      if (!ids) {
        ids = group.steps.flatMap((step) => [...(gates.get(step.id) ?? [])]);
        before.set(group, ids);
      }
      return judgeAll(run, ids);
    },
    finish(run) {
      const judging = judgeAll(run, all);
      const conclude = (): void => {
        run.showsAll = all.every((id) => run.hidden[id]?.size === 0);
      };
      if (judging) return judging.then(conclude);
      conclude();
      return undefined;
    },
  };
}

function keyAt(position: Position, name: string): string {
  return `${position.id} ${name}`;
}

/** Tells every position in which denied fields it stands. */
function markPositions({ plan, tree, points, needs }: GuardsInput): void {
  for (const { point } of points) {
    const need = needs.of(point.position, point.name);
    const inside = point.position.child(point.name);
    if (need !== 'always') inside.guards = [...need];
    // What other fields @require is collected all the same: only the client may not see it.
    if (need === 'always' || need.size > 1) inside.clientGuard = point.id;
  }
  // What only guarded fields require may have no rule itself.
  for (const place of requiredPlaces(plan)) {
    const path = place.split('.');
    const position = tree.at(path.slice(0, -1));
    const name = path.at(-1) ?? '';
    const need = needs.of(position, name);
    if (need !== 'always') position.child(name).guards = [...need];
  }
}

/** The points that decide whether a position's objects are there, and those above, the outermost first. */
function guardsAbove(position: Position): number[] {
  const above: number[] = [];
  for (let at: Position | undefined = position; at; at = at.parent) {
    const { guards = [], clientGuard } = at;
    above.unshift(...new Set(clientGuard === undefined ? guards : [...guards, clientGuard]));
  }
  return above;
}

/** Every point that has a say in which objects a step asks about. */
function pointsOf(step: FetchStep, { tree, needs }: GuardsInput): Set<number> {
  const position = tree.at(step.path);
  const ids = new Set(guardsAbove(position));
  for (const name of namesBrought(step, tree)) {
    const need = needs.of(position, name);
    if (need !== 'always') for (const id of need) ids.add(id);
  }
  return ids;
}

/**
 * The points for which alone a step is there. An object that may show none of them is not named to the subgraph.
 * Undefined when the step brings something that is needed in any case.
 */
function skippedBy(
  step: FetchStep,
  judged: ReadonlySet<number>,
  { tree, needs }: GuardsInput,
): readonly number[] | undefined {
  if (!step.requires) return undefined;
  const position = tree.at(step.path);
  const ids = new Set<number>();
  for (const name of namesBrought(step, tree)) {
    const need = needs.of(position, name);
    if (need === 'always') return undefined;
    for (const id of need) ids.add(id);
  }
  const isKnown = ids.size > 0 && [...ids].every((id) => judged.has(id));
  return isKnown ? [...ids] : undefined;
}

/**
 * Whether a step inside a field that others `@require` is there for the client alone: then objects in denied fields are
 * not named to its subgraph, although they are collected for the others.
 */
function isForClientOnly(
  step: FetchStep,
  judged: ReadonlySet<number>,
  { plan, tree, points }: GuardsInput,
): boolean {
  if (!step.requires) return false;
  const position = tree.at(step.path);
  const above: number[] = [];
  for (let at: Position | undefined = position; at; at = at.parent) {
    if (at.clientGuard !== undefined) above.push(at.clientGuard);
  }
  if (above.length === 0 || !above.every((id) => judged.has(id))) return false;
  const required = requiredPlaces(plan);
  const isRead = points.some(({ inputs }) => inputs.has(step.id));
  return (
    !isRead &&
    [...namesBrought(step, tree)].every((name) => !required.has([...step.path, name].join('.')))
  );
}

/** Whether one step waits for another, directly or not. */
function reaches(needs: readonly ReadonlySet<number>[], from: number, to: number): boolean {
  const seen = new Set<number>();
  const walk = (id: number): boolean => {
    if (id === to) return true;
    if (seen.has(id)) return false;
    seen.add(id);
    return [...(needs[id] ?? [])].some(walk);
  };
  return walk(from);
}
