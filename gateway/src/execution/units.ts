import type { FetchStep } from '../planning/plan.ts';
import type { JsonObject } from '../transport/subgraph-fetch.ts';
import type { PositionTree } from './position.ts';
import { compileRepresentations, type Representations } from './representations.ts';
import type { Run } from './run.ts';

/** Steps with one selection and one way to name entities: their representations share one list. */
export interface Unit {
  readonly step: FetchStep;
  readonly members: readonly {
    readonly step: FetchStep;
    collect(run: Run): Representations;
  }[];
}

/** The representations of a unit in one run. */
export interface Collected {
  readonly unit: Unit;
  /** Each once. */
  readonly texts: readonly string[];
  /** By member: object → place in `texts`. */
  readonly indexes: readonly Map<JsonObject, number>[];
  /** How many objects there are, before duplicates were dropped. */
  readonly places: number;
}

/** Puts steps that ask for the same of different objects together. */
export function makeUnits(steps: readonly FetchStep[], tree: PositionTree): Unit[] {
  const bySelection = new Map<string, FetchStep[]>();
  for (const step of steps) {
    const key = JSON.stringify([step.operation, step.requires, step.typenames]);
    bySelection.set(key, [...(bySelection.get(key) ?? []), step]);
  }
  return [...bySelection.values()].flatMap((members) => {
    const [step] = members;
    if (!step) return [];
    const compiled = members.map((member) => ({
      step: member,
      collect: compileRepresentations(member, tree.at(member.path), tree.types),
    }));
    return [{ step, members: compiled }];
  });
}

/** Tells whether a step runs under these variables: `@skip` and `@include` decide. */
export function isWanted(step: FetchStep, run: Run): boolean {
  return step.conditions.every(({ variable, equals }) => run.variables[variable] === equals);
}

/** Collects the representations of a unit, each once. */
export function collectUnit(run: Run, unit: Unit): Collected {
  const placeOf = new Map<string, number>();
  let places = 0;
  const indexes = unit.members.map(({ step, collect }) => {
    const index = new Map<JsonObject, number>();
    if (!isWanted(step, run)) return index;
    const { objects, texts } = collect(run);
    for (let at = 0; at < objects.length; at += 1) {
      const text = texts[at];
      const object = objects[at];
      if (text === undefined || object === undefined) continue;
      let place = placeOf.get(text);
      if (place === undefined) placeOf.set(text, (place = placeOf.size));
      index.set(object, place);
      if (run.merged) for (const part of run.merged.get(object) ?? []) index.set(part, place);
      places += 1;
    }
    return index;
  });
  return { unit, texts: [...placeOf.keys()], indexes, places };
}
