import { print } from 'graphql';
import { partOfStep } from '../planning/part-of-step.ts';
import type { FetchStep, Plan, StepCondition } from '../planning/plan.ts';
import { splitSteps } from '../planning/split-steps.ts';
import { namesBrought, type Needs } from './find-needs.ts';
import type { GuardPoint, GuardScope } from './guards.ts';
import type { PositionTree } from './position.ts';
import type { Shape } from '../planning/shape.ts';

export interface SplitInput {
  readonly tree: PositionTree;
  readonly scope: GuardScope;
  readonly needs: Needs;
  /** Guard points, and the steps that their rules read. */
  readonly points: readonly {
    readonly point: GuardPoint;
    readonly inputs: ReadonlySet<number>;
  }[];
}

/** Fields of one step that the same objects need. */
interface Part {
  readonly names: readonly string[];
  readonly dataNames: ReadonlySet<string>;
  /** Names that its representations need not carry. */
  readonly dropped: ReadonlySet<string>;
}

/**
 * Gives guarded fields entity fetches of their own, so that an object that may not show them is not named there: one
 * fetch for what is needed in any case, one for each way to be decided. Parts of one wave travel as one request all the
 * same.
 *
 * A field whose rule reads what the same step brings stays: its object is named to that subgraph in any case. But when
 * the subgraph must be told something for the field alone (`@requires`), it goes: what is told may be the secret.
 */
export function splitGuarded(plan: Plan, input: SplitInput): Plan {
  const parts = new Map<number, readonly Part[]>();
  for (const step of plan.steps) {
    const made = partsOf(step, input);
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

function partsOf(step: FetchStep, { tree, scope, needs, points }: SplitInput): Part[] {
  if (!step.requires) return [];
  const position = tree.at(step.path);
  const names = namesBrought(step, tree);
  const groups = new Map<string, Set<string>>();
  for (const name of names) {
    const need = needs.of(position, name);
    const entries = need === 'always' ? [] : points.filter(({ point }) => need.has(point.id));
    const isNamedAnyhow = entries.some(({ inputs }) => inputs.has(step.id));
    const stays = isNamedAnyhow && needs.told(step, new Set([name])).size === 0;
    const key = stays
      ? ''
      : entries
          .map(({ point }) => decidedAs(point, scope))
          .sort()
          .join(' ');
    groups.set(key, (groups.get(key) ?? new Set()).add(name));
  }
  const shape = shapeAt(step, tree);
  const all = needs.told(step, names);
  return [...groups.values()].map((group) => {
    const told = needs.told(step, group);
    const fields = shape.filter(({ name }) => group.has(name) || name === '__typename');
    return {
      names: [...group],
      dataNames: new Set(fields.map(({ dataName }) => dataName)),
      dropped: new Set([...all].filter((name) => !told.has(name))),
    };
  });
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
