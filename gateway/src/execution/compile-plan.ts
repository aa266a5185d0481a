import type { FieldNode, GraphQLObjectType, GraphQLSchema } from 'graphql';
import { fragmentsOf } from '../fragments-of.ts';
import { readEntityNeeds, type EntityFacts } from '../planning/entity-needs.ts';
import type { InternalNames } from '../planning/internal-names.ts';
import type { Plan } from '../planning/plan.ts';
import type { PermittedOperation } from '../request.ts';
import { createPace, type Turns } from '../turns.ts';
import { compileClientPaths } from './client-paths.ts';
import { collectFields } from './collect-fields.ts';
import { compileGuards, type Guards } from './compile-guards.ts';
import { compilePoint, type CompiledPoint } from './compile-point.ts';
import { findNeeds } from './find-needs.ts';
import { findGuardPoints, type GuardScope } from './guards.ts';
import { compileProjection } from './compile-projection.ts';
import type { WriteObject } from './compile-value.ts';
import { conditionVariables } from './condition-variables.ts';
import type { FetchEntities } from './entity-request.ts';
import { compileGroup, type FetchGroup } from './fetch-group.ts';
import { compileIntrospection, type Introspect } from './introspection.ts';
import type { ErrorScope } from './locate-errors.ts';
import { once } from './once.ts';
import { orderSteps, type Group } from './order-steps.ts';
import { PositionTree } from './position.ts';
import type { ProjectionScope } from './projection-scope.ts';
import { splitGuarded, type SplitInput } from './split-guarded.ts';
import type { CoercedVariables } from './engine.ts';
import type { TypeRelations } from './type-relations.ts';

export interface CompileInput {
  readonly permitted: PermittedOperation;
  readonly plan: Plan;
  readonly names: InternalNames;
  readonly apiSchema: GraphQLSchema;
  readonly types: TypeRelations;
  readonly facts: EntityFacts;
  /** Labels of progressive overrides that may change the plan. */
  readonly labels: readonly string[];
  readonly mergeFetches: boolean;
  readonly fetchEntities: FetchEntities;
}

/** What answers an operation once data is there; one per combination of `@skip` and `@include`. */
export interface View {
  readonly write: WriteObject;
  readonly introspect: Introspect | undefined;
  readonly errorScope: ErrorScope;
  /** Response names at the root that subgraphs must answer. */
  readonly rootFields: readonly string[];
  /** There are such fields, but the plan asks nobody. */
  readonly isUnplanned: boolean;
}

/** An operation compiled down to closures. */
export interface CompiledPlan {
  readonly permitted: PermittedOperation;
  readonly plan: Plan;
  readonly labels: readonly string[];
  readonly groups: readonly Group[];
  readonly fetchers: readonly FetchGroup[];
  /** Undefined when no field is guarded. */
  readonly guards: Guards | undefined;
  /** By group: those that wait for it, and how many it waits for. */
  readonly dependents: readonly (readonly number[])[];
  readonly waitsFor: readonly number[];
  view(variables: CoercedVariables): View;
}

/** Views kept per operation. More combinations than this are compiled anew each time. */
const maxViews = 32;

/** Compiles a plan and the writing of its answer, with pauses: what guards many fields takes long when it is large. */
export function* compilePlan(given: CompileInput): Turns<CompiledPlan> {
  const input = given.permitted.guarded ? { ...given, plan: yield* splitPlan(given) } : given;
  const { permitted, plan } = input;
  const pace = createPace();
  const tree = makeTree(input);
  yield* pace();
  const guards = yield* makeGuards(input, tree);
  const groups = orderSteps(plan, tree, {
    merge: input.mergeFetches,
    addNeeds: (needs) => guards?.addNeeds(needs),
  });
  const fetchers: FetchGroup[] = [];
  for (const group of groups) {
    yield* pace();
    fetchers.push(compileGroup(group, tree, input.fetchEntities));
  }
  const dependents = groups.map((_group, at) =>
    groups.flatMap((other, otherAt) => (other.after.includes(at) ? [otherAt] : [])),
  );
  const variables = conditionVariables(permitted.prepared.document);
  const views = new Map<string, View>();
  return {
    permitted,
    plan,
    labels: input.labels,
    groups,
    fetchers,
    guards,
    dependents,
    waitsFor: groups.map((group) => group.after.length),
    view(values) {
      let key = '';
      for (const name of variables) key += values[name] === true ? '1' : '0';
      let view = views.get(key);
      if (!view) {
        const conditions = new Map(variables.map((name) => [name, values[name] === true]));
        view = compileView(input, tree, { conditions, guards });
        if (views.size < maxViews) views.set(key, view);
      }
      return view;
    },
  };
}

function compileView(
  input: CompileInput,
  tree: PositionTree,
  { conditions, guards }: Pick<CompiledPlan, 'guards'> & Pick<ProjectionScope, 'conditions'>,
): View {
  const { permitted, plan, names, apiSchema: schema, types } = input;
  const { document, operation } = permitted.prepared;
  const fragments = fragmentsOf(document);
  const scope: Omit<ProjectionScope, 'points' | 'memos'> = {
    schema,
    fragments,
    conditions,
    types,
    names,
    removed: new Set(permitted.removed),
    guarded: new Set(permitted.guarded?.keys()),
    steps: plan.steps,
  };
  const type = rootType(schema, permitted);
  const compileWrite = (points: ProjectionScope['points']): WriteObject => {
    const all = { ...scope, points, memos: { count: 0 } };
    return compileProjection(type, operation.selectionSet, tree.root, all);
  };
  const rootFields = collectFields(type, [operation.selectionSet], scope);
  const fetched = fetchedRootFields(rootFields, scope.removed);
  return {
    rootFields: fetched,
    isUnplanned: fetched.length > 0 && plan.steps.length === 0,
    write: guards ? writeGuarded(compileWrite, guards) : compileWrite(new Map()),
    introspect: compileIntrospection(schema, operation, rootFields, fragments),
    errorScope: {
      tree,
      steps: plan.steps,
      toClientPath: compileClientPaths(operation.selectionSet, fragments, { names, types }),
      rootFieldsOf: (step) => rootFieldsOf(step, rootFields, input, tree),
    },
  };
}

/** Where nothing is hidden from a caller the answer is written as if there were no rules. */
function writeGuarded(
  compileWrite: (points: ProjectionScope['points']) => WriteObject,
  { pointOf }: Guards,
): WriteObject {
  const guarded = once(() => compileWrite(pointOf));
  const open = once(() => compileWrite(new Map()));
  return (run, object) => (run.showsAll ? open() : guarded())(run, object);
}

function makeTree({ plan, types, facts }: CompileInput): PositionTree {
  return new PositionTree(plan.steps, {
    types,
    readNeeds: (step) => readEntityNeeds(step, facts),
  });
}

/** The plan with fetches of their own for what objects may not show. */
function* splitPlan(input: CompileInput): Turns<Plan> {
  const tree = makeTree(input);
  yield;
  const found = findGuards(input, tree);
  yield;
  const plan = found ? splitGuarded(input.plan, { tree, ...found }) : input.plan;
  yield;
  return plan;
}

function* makeGuards(input: CompileInput, tree: PositionTree): Turns<Guards | undefined> {
  const found = findGuards(input, tree);
  if (!found) return undefined;
  yield;
  const guards = compileGuards({ plan: input.plan, tree, ...found });
  yield;
  return guards;
}

function findGuards(
  { permitted, plan, names, facts, apiSchema: schema, types }: CompileInput,
  tree: PositionTree,
):
  | (Pick<SplitInput, 'scope' | 'needs'> & { readonly points: readonly CompiledPoint[] })
  | undefined {
  const { guarded, prepared } = permitted;
  if (!guarded) return undefined;
  const fragments = fragmentsOf(prepared.document);
  const removed = new Set(permitted.removed);
  const scope: GuardScope = { schema, types, names, fragments, removed, guarded };
  const root = { position: tree.root, type: rootType(schema, permitted) };
  const { points, asked } = findGuardPoints(root, prepared.operation.selectionSet, scope);
  const compiled = points.map((point) => compilePoint(point, scope));
  const read = new Set(compiled.flatMap(({ reads }) => [...reads]));
  return {
    scope,
    points: compiled,
    needs: findNeeds({ plan, tree, facts, points, asked, read }),
  };
}

function fetchedRootFields(
  rootFields: ReadonlyMap<string, readonly FieldNode[]>,
  removed: ReadonlySet<string>,
): string[] {
  return [...rootFields].flatMap(([responseName, [node]]) =>
    node?.name.value.startsWith('__') || removed.has(responseName) ? [] : [responseName],
  );
}

function rootFieldsOf(
  step: number,
  rootFields: ReadonlyMap<string, readonly FieldNode[]>,
  { names }: CompileInput,
  tree: PositionTree,
): string[] {
  return [...rootFields].flatMap(([responseName, [node]]) => {
    const sources = node ? tree.root.sources(names.of(node), undefined) : [];
    return sources.some((source) => source.step === step) ? [responseName] : [];
  });
}

function rootType(schema: GraphQLSchema, permitted: PermittedOperation): GraphQLObjectType {
  const type = schema.getRootType(permitted.prepared.operation.operation);
  if (!type) throw new Error(`The schema has no ${permitted.prepared.kind} type.`);
  return type;
}
