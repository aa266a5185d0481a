import type { Plan, RequiredSelection } from '../planning/plan.ts';
import type { Denial } from '../request.ts';
import type { JsonObject } from '../transport/subgraph-fetch.ts';
import { collectObjects } from './collect-objects.ts';
import type { GuardPoint, GuardScope } from './guards.ts';
import type { Group } from './order-steps.ts';
import { atPlace, type Position, type PositionTree } from './position.ts';
import { compileReadTypename } from './read-field.ts';
import { compileInputs, type ReadInputs } from './read-inputs.ts';
import type { Run } from './run.ts';

/** The guarded fields of a plan: who is judged when, and what must not be fetched before. */
export interface Guards {
  /** By `position.id name`: which point a field is. */
  readonly pointOf: ReadonlyMap<string, number>;
  /** Makes steps wait for what rules read, where that is possible. Call before groups are made. */
  addNeeds(needs: readonly Set<number>[]): void;
  /** Judges what must be known before a group may start. */
  before(group: Group, run: Run): Promise<void> | undefined;
  /** Judges all the rest. */
  finish(run: Run): Promise<void>;
}

interface CompiledPoint {
  readonly point: GuardPoint;
  /** Steps that bring what the rule reads. */
  readonly inputs: ReadonlySet<number>;
  /** Steps that bring the field itself, or something inside it. */
  readonly gated: ReadonlySet<number>;
  readonly judge: (run: Run) => Promise<void>;
}

/** Compiles the judging of guarded fields between the waves of a plan. */
export function compileGuards(
  points: readonly GuardPoint[],
  tree: PositionTree,
  input: { readonly plan: Plan; readonly scope: GuardScope },
): Guards {
  const { plan, scope } = input;
  const compiled = points.map((point) => compilePoint(point, plan, scope));
  for (const { point } of compiled) {
    // What other fields @require is collected all the same: only the client may not see it.
    if (isRequired(plan, point.position.path(), new Set([point.name]))) continue;
    point.position.child(point.name).guard = point.id;
  }
  /** By step: the points that are judged before it. */
  const gates = new Map<number, number[]>();

  async function judgeOnce(run: Run, id: number): Promise<void> {
    const entry = compiled[id];
    if (!entry) return;
    await (run.judged[id] ??= judgeFromAbove(run, entry));
  }

  /** What stands inside a denied field is not there to be judged. */
  async function judgeFromAbove(run: Run, { point, judge }: CompiledPoint): Promise<void> {
    for (const id of guardsAbove(point.position)) await judgeOnce(run, id);
    await judge(run);
  }

  /** What judging a point takes: what its rule reads, and what those above it read. */
  function allInputs({ point, inputs }: CompiledPoint): Set<number> {
    const above = guardsAbove(point.position).flatMap((id) => [...(compiled[id]?.inputs ?? [])]);
    return new Set([...inputs, ...above]);
  }

  return {
    pointOf: new Map(points.map(({ position, name, id }) => [`${position.id} ${name}`, id])),
    addNeeds(needs) {
      for (const entry of compiled) {
        const { point, gated } = entry;
        const inputs = allInputs(entry);
        for (const step of gated) {
          const mayWait = [...inputs].every((each) => each !== step && !reaches(needs, each, step));
          // The rule reads what this very step brings: it is judged afterwards, and nothing inside is shown.
          if (!mayWait) continue;
          for (const each of inputs) needs[step]?.add(each);
          gates.set(step, [...(gates.get(step) ?? []), point.id]);
        }
      }
      for (const step of plan.steps) {
        const skips = skippedBy(step.id, compiled, { plan, tree, gates });
        if (skips) tree.skips.set(step.id, skips);
      }
    },
    before(group, run) {
      const ids = group.steps.flatMap((step) => gates.get(step.id) ?? []);
      if (ids.length === 0) return undefined;
      return Promise.all(ids.map((id) => judgeOnce(run, id))).then(() => undefined);
    },
    async finish(run) {
      await Promise.all(compiled.map(({ point }) => judgeOnce(run, point.id)));
    },
  };
}

/** The points on the way down to a position. */
function guardsAbove(position: Position): number[] {
  const above: number[] = [];
  for (let at: Position | undefined = position; at; at = at.parent) {
    if (at.guard !== undefined) above.unshift(at.guard);
  }
  return above;
}

function compilePoint(point: GuardPoint, plan: Plan, scope: GuardScope): CompiledPoint {
  const { position, name } = point;
  const inputs = new Set<number>();
  const readers = new Map<string, ReadInputs>();
  for (const [typeName, { coordinate }] of point.byType) {
    const selections = scope.guarded.get(coordinate) ?? [];
    const addStep = (step: number): void => void inputs.add(step);
    readers.set(typeName, compileInputs(selections, { position, typeName }, { ...scope, addStep }));
  }
  const inside = [...position.path(), name].join('.');
  const gated = new Set(
    plan.steps.flatMap((step) => {
      const path = step.path.join('.');
      return path === inside || path.startsWith(`${inside}.`) ? [step.id] : [];
    }),
  );
  for (const { step } of position.sources(name, undefined)) if (step !== atPlace) gated.add(step);
  return { point, inputs, gated, judge: compileJudge(point, readers, scope) };
}

const unknownType: Denial = {
  message: 'It cannot be told what this object is.',
  extensions: { code: 'FORBIDDEN' },
};

function compileJudge(
  { id, position, byType, possible }: GuardPoint,
  readers: ReadonlyMap<string, ReadInputs>,
  { types }: GuardScope,
): (run: Run) => Promise<void> {
  const readTypename = compileReadTypename(position, types);
  const [firstType] = possible;
  const onlyType = possible.size === 1 ? firstType : undefined;
  return async (run) => {
    const { access } = run.context;
    const hidden = new Map<JsonObject, Denial>();
    run.hidden[id] = hidden;
    const objects = new Set(collectObjects(run, position));
    await Promise.all(
      [...objects].map(async (object) => {
        const typeName = readTypename(run, object) ?? onlyType;
        const isKnown = typeName !== undefined && types.isObjectType(typeName);
        if (!isKnown || !access) {
          hidden.set(object, unknownType);
          return;
        }
        const field = byType.get(typeName);
        const read = readers.get(typeName);
        if (!field || !read) return;
        const denial = await access.judge({ ...field, object, read: read(run, object) });
        if (denial) hidden.set(object, denial);
      }),
    );
  };
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

interface SkipScope {
  readonly plan: Plan;
  readonly tree: PositionTree;
  readonly gates: ReadonlyMap<number, readonly number[]>;
}

/**
 * The points that together are all a step brings. An object that may show none of them is not named to the subgraph.
 * Undefined when the step brings something else too, or something that other steps or rules read.
 */
function skippedBy(
  stepId: number,
  compiled: readonly CompiledPoint[],
  { plan, tree, gates }: SkipScope,
): readonly number[] | undefined {
  const step = plan.steps[stepId];
  if (!step?.requires) return undefined;
  const position = tree.at(step.path);
  const shape = position.steps.find(({ id }) => id === stepId)?.shape ?? [];
  const names = new Set(shape.map(({ name }) => name).filter((name) => name !== '__typename'));
  const ids: number[] = [];
  for (const name of names) {
    const entry = compiled.find(({ point }) => point.position === position && point.name === name);
    if (!entry || !gates.get(stepId)?.includes(entry.point.id)) return undefined;
    ids.push(entry.point.id);
  }
  const isReadByRules = compiled.some(({ inputs }) => inputs.has(stepId));
  const isUsed = isReadByRules || isRequired(plan, step.path, names);
  return ids.length === 0 || isUsed ? undefined : ids;
}

/** Whether a step tells its subgraph one of these fields of the objects at a place. */
function isRequired(plan: Plan, path: readonly string[], names: ReadonlySet<string>): boolean {
  return plan.steps.some(
    (other) => other.path.join('.') === path.join('.') && mentions(other.requires, names),
  );
}

function mentions(
  selections: readonly RequiredSelection[] | undefined,
  names: ReadonlySet<string>,
): boolean {
  return (selections ?? []).some((each) =>
    each.kind === 'fragment' ? mentions(each.selections, names) : names.has(each.name),
  );
}
