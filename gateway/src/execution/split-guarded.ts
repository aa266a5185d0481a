import { print } from 'graphql';
import { namesInKeys, namesRequired, partOfStep, topFields } from '../planning/part-of-step.ts';
import type { FetchStep, Plan, RequiredSelection, StepCondition } from '../planning/plan.ts';
import { splitSteps } from '../planning/split-steps.ts';
import type { PlannerSupergraph } from '../planning/supergraph-for-planner.ts';
import type { GuardPoint, GuardScope } from './guards.ts';
import type { PositionTree } from './position.ts';
import { requiredPlaces } from './required-places.ts';
import type { Shape } from './shape.ts';

export interface SplitInput {
  readonly tree: PositionTree;
  readonly scope: GuardScope;
  readonly planned: PlannerSupergraph;
  readonly points: readonly SplitPoint[];
}

/** A guard point, and where its rules read. */
export interface SplitPoint {
  readonly point: GuardPoint;
  readonly inputs: ReadonlySet<number>;
  /** By step: the names that rules read of what it brings. */
  readonly reads: ReadonlyMap<number, ReadonlySet<string>>;
}

/** Fields of one step that the same objects may show. */
interface Part {
  readonly names: readonly string[];
  readonly dataNames: ReadonlySet<string>;
  /** Names that its representations need not carry. */
  readonly dropped: ReadonlySet<string>;
}

/**
 * Gives guarded fields entity fetches of their own, so that an object that may not show them is not named there: one
 * fetch for what all may see, one for each way to be decided. Parts of one wave travel as one request all the same.
 *
 * A field whose rule reads what the same step brings stays: its object is named to that subgraph in any case. But when
 * the subgraph must be told something for the field alone (`@requires`), it goes: what is told may be the secret.
 */
export function splitGuarded(plan: Plan, input: SplitInput): Plan {
  const required = requiredPlaces(plan);
  const parts = new Map<number, readonly Part[]>();
  for (const step of plan.steps) {
    const made = partsOf(step, required, input);
    if (made.length > 1) parts.set(step.id, made);
  }
  if (parts.size === 0) return plan;
  return splitSteps(plan, (step) => {
    const shape = shapeAt(step, input.tree);
    return (
      parts.get(step.id)?.map(({ names, dataNames, dropped }) => {
        const part = partOfStep(step, dataNames, dropped);
        return { ...part, conditions: [...step.conditions, ...sharedConditions(shape, names)] };
      }) ?? [step]
    );
  });
}

function partsOf(step: FetchStep, required: ReadonlySet<string>, input: SplitInput): Part[] {
  const { tree, scope, points } = input;
  if (!step.requires) return [];
  const position = tree.at(step.path);
  const here = new Map(
    points.flatMap((each) =>
      each.point.position === position ? [[each.point.name, each] as const] : [],
    ),
  );
  if (here.size === 0) return [];
  const shape = shapeAt(step, tree);
  const names = new Set(shape.map(({ name }) => name).filter((name) => name !== '__typename'));
  const isRead = (name: string): boolean =>
    points.some(({ reads }) => reads.get(step.id)?.has(name) === true);
  const toldFor = compileToldFor(step, shape, input.planned);
  const groups = new Map<string, Set<string>>();
  for (const name of names) {
    const entry = here.get(name);
    const place = [...step.path, name].join('.');
    const isFree = entry !== undefined && !required.has(place) && !isRead(name);
    const goes = isFree && (!entry.inputs.has(step.id) || toldFor(new Set([name])).size > 0);
    const key = goes ? decidedAs(entry.point, scope) : '';
    groups.set(key, (groups.get(key) ?? new Set()).add(name));
  }
  const all = toldFor(names);
  return [...groups.values()].map((group) => {
    const told = toldFor(group);
    const fields = shape.filter(({ name }) => group.has(name) || name === '__typename');
    return {
      names: [...group],
      dataNames: new Set(fields.map(({ dataName }) => dataName)),
      dropped: new Set([...all].filter((name) => !told.has(name))),
    };
  });
}

/** Tells what the subgraph is told of an object for some fields alone, beside its key. */
function compileToldFor(
  step: FetchStep,
  shape: Shape,
  planned: PlannerSupergraph,
): (names: ReadonlySet<string>) => Set<string> {
  const carried = namesAtTop(step.requires ?? []);
  carried.delete('__typename');
  const inKeys = namesInKeys(step, carried, planned);
  const beside = new Set([...carried].filter((name) => !inKeys.has(name)));
  if (beside.size === 0) return () => new Set();
  const needsOf = namesRequired(step.subgraph, beside, planned);
  const nameOf = new Map(shape.map(({ dataName, name }) => [dataName, name]));
  const fields = topFields(step);
  return (names) =>
    new Set(
      fields.flatMap((field) =>
        names.has(nameOf.get(field.dataName) ?? field.dataName) ? needsOf(field) : [],
      ),
    );
}

function namesAtTop(selections: readonly RequiredSelection[]): Set<string> {
  return new Set(
    selections.flatMap((each) =>
      each.kind === 'fragment' ? [...namesAtTop(each.selections)] : [each.name],
    ),
  );
}

/** Equal for fields that are decided alike: by one guard, with equal arguments, whatever the object's type. */
function decidedAs({ byType }: GuardPoint, { guarded }: GuardScope): string {
  const guards = [...guarded.values()];
  return [...byType]
    .map(([type, { coordinate, node }]) => {
      const guard = guarded.get(coordinate);
      const number = guards.findIndex((each) => each === guard);
      return `${type} ${number} ${(node.arguments ?? []).map((each) => print(each)).join()}`;
    })
    .sort()
    .join();
}

/** The conditions under which any of the fields is asked for. */
function sharedConditions(shape: Shape, names: readonly string[]): StepCondition[] {
  const fields = shape.filter(({ name }) => names.includes(name));
  const [first] = fields;
  return (first?.conditions ?? []).filter((condition) =>
    fields.every(({ conditions }) =>
      conditions.some(
        ({ variable, equals }) => variable === condition.variable && equals === condition.equals,
      ),
    ),
  );
}

function shapeAt(step: FetchStep, tree: PositionTree): Shape {
  return tree.at(step.path).steps.find(({ id }) => id === step.id)?.shape ?? [];
}
