import type { FetchStep } from '../planning/plan.ts';
import type { JsonObject } from '../transport/subgraph-fetch.ts';
import type { PositionTree } from './position.ts';
import type { RepresentationList } from './representation-list.ts';
import {
  compileRepresentations,
  createGathered,
  type GatherRepresentations,
} from './representations.ts';
import type { Run } from './run.ts';
import { requiredPaths } from './write-representation.ts';

/** Steps with one selection and one way to name entities: their representations share one list. */
export interface Unit {
  readonly step: FetchStep;
  /** Equal for units whose representations are the same. */
  readonly signature: string;
  readonly members: readonly {
    readonly step: FetchStep;
    readonly gather: GatherRepresentations;
    /** Whether every object gets an entity of its own (separate-places.ts). */
    readonly isSeparate: boolean;
  }[];
}

/** The representations of a unit in one run; an index per member. */
export interface Collected extends RepresentationList {
  readonly unit: Unit;
}

/** Puts steps that ask for the same of different objects together. */
export function makeUnits(steps: readonly FetchStep[], tree: PositionTree): Unit[] {
  const bySelection = new Map<string, FetchStep[]>();
  for (const step of steps) {
    const key = JSON.stringify([step.operation, step.requires, step.typenames]);
    const same = bySelection.get(key);
    if (same) same.push(step);
    else bySelection.set(key, [step]);
  }
  return [...bySelection.values()].flatMap((members) => {
    const [step] = members;
    if (!step) return [];
    const compiled = members.map((member) => ({
      step: member,
      gather: compileRepresentations(member, tree.at(member.path), tree),
      isSeparate: tree.separate.has(member.id),
    }));
    // Each collects for itself: what objects at one place may not show, others may.
    const places = members.map(({ id, path, conditions }) => [
      path,
      conditions,
      tree.skips.get(id),
      tree.clientOnly.has(id),
    ]);
    const signature = JSON.stringify([
      toldApart(step, tree),
      step.requires,
      step.typenames,
      places,
    ]);
    return [{ step, signature, members: compiled }];
  });
}

/** Beside a key, what is told of objects is judged by what is asked of them (omissions.ts). */
function toldApart(step: FetchStep, { types, readNeeds }: PositionTree): unknown {
  const told = requiredPaths(step.requires ?? [], undefined, types);
  const isKeyOnly = new Set(told.filter((path) => path !== '__typename')).size <= 1;
  return isKeyOnly ? null : [step.subgraph, readNeeds(step)];
}

/** Tells whether a step runs under these variables: `@skip` and `@include` decide. */
export function isWanted(step: FetchStep, run: Run): boolean {
  return step.conditions.every(({ variable, equals }) => run.variables[variable] === equals);
}

/**
 * Collects the representations of a unit, each once. Units that ask for different things of the same objects, told in
 * the same way, are collected once per run.
 */
export function collectUnit(run: Run, unit: Unit): Collected {
  const known = run.collected.get(unit.signature);
  if (known) return collectedOf(known, unit);
  const { texts, omissions, placeOf } = createGathered();
  let places = 0;
  const indexes = unit.members.map(({ step, gather }) => {
    const index = new Map<JsonObject, number>();
    if (isWanted(step, run)) places += gather(run, { texts, omissions, placeOf, index });
    return index;
  });
  const list = { texts, omissions, indexes, places };
  run.collected.set(unit.signature, list);
  return collectedOf(list, unit);
}

/** Written out: a spread takes longer than all the rest for few objects. */
function collectedOf(
  { texts, omissions, indexes, places }: RepresentationList,
  unit: Unit,
): Collected {
  return { texts, omissions, indexes, places, unit };
}
