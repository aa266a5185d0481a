import type { FetchStep, Plan } from '../planning/plan.ts';
import type { Denial } from '../request.ts';
import type { JsonObject } from '../transport/subgraph-fetch.ts';
import { collectObjects } from './collect-objects.ts';
import type { GuardPoint, GuardScope } from './guards.ts';
import type { Group } from './order-steps.ts';
import { atPlace, type Position, type PositionTree } from './position.ts';
import { compileReadTypename } from './read-field.ts';
import { compileInputs, type ReadInputs } from './read-inputs.ts';
import { requiredPlaces } from './required-places.ts';
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

export interface CompiledPoint {
  readonly point: GuardPoint;
  /** Steps that bring what the rule reads. */
  readonly inputs: ReadonlySet<number>;
  /** By such a step: the names that are read of what it brings. */
  readonly reads: ReadonlyMap<number, ReadonlySet<string>>;
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
  const required = requiredPlaces(plan);
  for (const { point } of compiled) {
    const inside = point.position.child(point.name);
    // What other fields @require is collected all the same: only the client may not see it.
    if (required.has(inside.path().join('.'))) inside.clientGuard = point.id;
    else inside.guard = point.id;
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
        const skips = skippedBy(step.id, compiled, { plan, tree, gates, required });
        if (skips) tree.skips.set(step.id, skips);
        if (isForClientOnly(step.id, compiled, { plan, tree, gates, required })) {
          tree.clientOnly.add(step.id);
        }
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
    const guard = at.guard ?? at.clientGuard;
    if (guard !== undefined) above.unshift(guard);
  }
  return above;
}

/** Compiles one point: where its rules read, what waits for it, and its judging. */
export function compilePoint(point: GuardPoint, plan: Plan, scope: GuardScope): CompiledPoint {
  const { position, name } = point;
  const reads = new Map<number, Set<string>>();
  const readers = new Map<string, ReadInputs>();
  for (const [typeName, { coordinate }] of point.byType) {
    const selections = scope.guarded.get(coordinate)?.inputs ?? [];
    const addSource = (step: number, read: string): void => {
      reads.set(step, (reads.get(step) ?? new Set()).add(read));
    };
    const at = { position, typeName };
    readers.set(typeName, compileInputs(selections, at, { ...scope, addSource }));
  }
  const inside = [...position.path(), name].join('.');
  const gated = new Set(
    plan.steps.flatMap((step) => {
      const path = step.path.join('.');
      return path === inside || path.startsWith(`${inside}.`) ? [step.id] : [];
    }),
  );
  for (const { step } of position.sources(name, undefined)) if (step !== atPlace) gated.add(step);
  const inputs = new Set(reads.keys());
  return { point, inputs, reads, gated, judge: compileJudge(point, readers, scope) };
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
  /** What steps tell their subgraphs (required-places.ts). */
  readonly required: ReadonlySet<string>;
}

/**
 * The points that together are all a step brings. An object that may show none of them is not named to the subgraph.
 * Undefined when the step brings something else too, or something that other steps or rules read.
 */
function skippedBy(
  stepId: number,
  compiled: readonly CompiledPoint[],
  scope: SkipScope,
): readonly number[] | undefined {
  const { tree, gates, plan } = scope;
  const step = plan.steps[stepId];
  if (!step?.requires || isUsed(stepId, compiled, scope)) return undefined;
  const position = tree.at(step.path);
  const ids: number[] = [];
  for (const name of namesOf(step, tree)) {
    const entry = compiled.find(({ point }) => point.position === position && point.name === name);
    if (!entry || !gates.get(stepId)?.includes(entry.point.id)) return undefined;
    ids.push(entry.point.id);
  }
  return ids.length === 0 ? undefined : ids;
}

/**
 * Whether a step inside a field that others `@require` is there for the client alone: then objects in denied fields are
 * not named to its subgraph, although they are collected for the others.
 */
function isForClientOnly(
  stepId: number,
  compiled: readonly CompiledPoint[],
  scope: SkipScope,
): boolean {
  const { tree, gates, plan } = scope;
  const step = plan.steps[stepId];
  if (!step?.requires) return false;
  let isInside = false;
  for (let at: Position | undefined = tree.at(step.path); at; at = at.parent) {
    if (at.clientGuard === undefined) continue;
    if (!gates.get(stepId)?.includes(at.clientGuard)) return false;
    isInside = true;
  }
  return isInside && !isUsed(stepId, compiled, scope);
}

/** Whether other steps or rules read what a step brings. */
function isUsed(
  stepId: number,
  compiled: readonly CompiledPoint[],
  { plan, tree, required }: SkipScope,
): boolean {
  const step = plan.steps[stepId];
  if (!step || compiled.some(({ inputs }) => inputs.has(stepId))) return true;
  return [...namesOf(step, tree)].some((name) => required.has([...step.path, name].join('.')));
}

function namesOf(step: FetchStep, tree: PositionTree): Set<string> {
  const shape = tree.at(step.path).steps.find(({ id }) => id === step.id)?.shape ?? [];
  return new Set(shape.map(({ name }) => name).filter((name) => name !== '__typename'));
}
