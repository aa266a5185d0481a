import type { GraphQLFormattedError } from 'graphql';
import type { FetchStep } from '../planning/plan.ts';
import type { Path, ToClientPath } from './client-paths.ts';
import type { Position, PositionTree } from './position.ts';
import { entityIndexOf } from './read-field.ts';
import { maxErrors } from './report.ts';
import type { Failure, Run } from './run.ts';
import type { StepTable } from './step-table.ts';
import { typesAlong } from './types-along.ts';
import { forEachPlace } from './walk-places.ts';

/** A failure of a whole step is reported at no more places than this. */
const maxPlacesOfStep = 50;

export interface ErrorScope {
  readonly tree: PositionTree;
  readonly steps: StepTable;
  readonly toClientPath: ToClientPath;
  /** The client's root fields a root step was to fill. */
  rootFieldsOf(step: number): readonly string[];
}

/** Turns what failed into errors of the answer, at every place of it that is concerned. */
export function locateErrors(run: Run, scope: ErrorScope): void {
  const byStep = new Map<number, Failure[]>();
  for (const failure of run.failures) {
    byStep.set(failure.step, [...(byStep.get(failure.step) ?? []), failure]);
  }
  for (const [id, met] of byStep) {
    const step = scope.steps[id];
    if (!step) continue;
    const failures = withPlanNames(met, step);
    if (step.requires) locateAtEntities(run, scope.tree.at(step.path), failures, scope);
    else for (const failure of failures) locateAtRoot(run, failure, scope);
  }
}

/** The planner may have given a field another name for one subgraph: the plan knows it by its own. */
function withPlanNames(failures: readonly Failure[], { renames }: FetchStep): readonly Failure[] {
  if (renames.length === 0) return failures;
  const names = new Map(renames.map(({ path, to }) => [path.at(-1), to]));
  return failures.map((failure) => ({
    ...failure,
    path: failure.path.map((key) => (typeof key === 'string' ? (names.get(key) ?? key) : key)),
  }));
}

function locateAtRoot(run: Run, failure: Failure, scope: ErrorScope): void {
  const path = toClientPath(run, failure.path, scope);
  const isNothing = !run.fetched[failure.step]?.distinct.length;
  if (isNothing) for (const name of scope.rootFieldsOf(failure.step)) run.explained.push([name]);
  if (path.length > 0) report(run, failure, { path, origin: failure.path });
  else for (const name of scope.rootFieldsOf(failure.step)) report(run, failure, { path: [name] });
}

function locateAtEntities(
  run: Run,
  position: Position,
  failures: readonly Failure[],
  scope: ErrorScope,
): void {
  const fetched = run.fetched[failures[0]?.step ?? -1];
  if (!fetched) return;
  const placesOf = new Map<Failure, number>(failures.map((failure) => [failure, 0]));
  forEachPlace(run, position, ({ object, path }) => {
    const index = entityIndexOf(run, fetched, object);
    if (index === undefined) return true;
    const entity = fetched.origins?.[index] ?? index;
    for (const failure of failures) {
      const places = placesOf.get(failure) ?? 0;
      if (failure.entity === undefined ? places >= maxPlacesOfStep : failure.entity !== entity)
        continue;
      placesOf.set(failure, places + 1);
      const origin = [...path, ...failure.path];
      const shown = toClientPath(run, origin, scope);
      // A field that was asked because of objects of another type has nulled what was asked of this one.
      const isOthers = !fetched.entities[entity] && shown.length < origin.length;
      if (isOthers) report(run, failure, { path: shown, origin: [...path] });
      else report(run, failure, { path: shown, origin });
      // All fields of an entity are null for the reason that nulled it.
      if (!fetched.entities[entity]) run.explained.push(toClientPath(run, path, scope));
    }
    return run.errors.length < maxErrors;
  });
  for (const [failure, places] of placesOf) if (places === 0) report(run, failure, {});
}

/** Names mean other fields for other types: `... on A { x: f } ... on B { x: g }`. */
function toClientPath(run: Run, path: Path, scope: ErrorScope): Path {
  return scope.toClientPath(path, typesAlong(run, scope.tree, path));
}

interface Location {
  readonly path?: Path;
  /** The path in internal names. */
  readonly origin?: Path;
}

function report(run: Run, failure: Failure, { path, origin }: Location): void {
  if (run.errors.length >= maxErrors) return;
  const { message, extensions } = failure;
  const error: GraphQLFormattedError = {
    message,
    ...(path ? { path } : {}),
    extensions:
      extensions?.['code'] === undefined ? { ...extensions, code: 'SUBGRAPH_ERROR' } : extensions,
  };
  run.errors.push(error);
  if (origin) run.origins.set(error, origin);
}
