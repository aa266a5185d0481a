import type { EntityNeeds } from '../planning/entity-needs.ts';
import { partOfStep, topFields, type StepField } from '../planning/part-of-step.ts';
import type { FetchStep } from '../planning/plan.ts';
import type { Omission } from './omission.ts';
import { once } from './once.ts';
import type { Run } from './run.ts';
import type { TypeRelations } from './type-relations.ts';
import { nameInRepresentation, requiredPaths } from './write-representation.ts';

/** How an object is asked about of which not all can be told. */
export interface Decision {
  /** Undefined: as the step says. */
  readonly omission: Omission | undefined;
  /** Whether the object is called by its own type, although the step would name it as another (`@interfaceObject`). */
  readonly isItself: boolean;
}

/** What to do about objects of one type of which not all can be told. */
export interface Omit {
  /** Whether objects of which nothing is missing are asked about as the step says. */
  readonly isUsual: boolean;
  /**
   * @param missing paths left out of the representation
   * @returns undefined: it is not asked about at all
   */
  decide(run: Run, missing: readonly string[]): Decision | undefined;
}

/**
 * Compiles what an entity step leaves out. The planner joins fetches for objects that stand at one place of the data:
 * objects of different types, or from different parents, of which the client wants different things. So a fetch may ask
 * of an object what its representation cannot carry the inputs for (`@requires`), because nobody was asked for them
 * there: then it is not asked for that field, and only for what else is in the fetch. The client cannot have asked for
 * the field of that object, or the inputs would be there, unless they failed to come: then the field is null.
 */
export function createOmissions(
  step: FetchStep,
  types: TypeRelations,
  readNeeds: (step: FetchStep) => EntityNeeds,
): (typename: string) => Omit {
  const needs = once(() => readNeeds(step));
  const told = requiredPaths(step.requires ?? [], undefined, types);
  const made = new Map<string, Omission | 'skip'>();

  return (typename) => {
    const carried = new Set(requiredPaths(step.requires ?? [], typename, types));
    const computed = needs().computed.filter((field) => isOf(field, typename));
    const calledAs = nameInRepresentation(typename, { types, step, path: [] });
    const isTold = (path: string, missing: readonly string[]): boolean =>
      carried.has(path) && !isIn(path, missing);
    const hasKey = (name: string, missing: readonly string[]): boolean =>
      needs()
        .keys.get(name)
        ?.some((key) => key.every((path) => isTold(path, missing))) === true;
    const isAlike = told.every((path) => carried.has(path));
    return {
      isUsual:
        (isAlike || hasKey(calledAs, [])) &&
        computed.every(({ inputs }) => inputs.every((path) => isTold(path, []))),
      decide(run, missing) {
        const isItself = !hasKey(calledAs, missing);
        if (isItself && (calledAs === typename || !hasKey(typename, missing))) return undefined;
        const dropped = computed.filter(
          (field) => isAsked(field, run) && !field.inputs.every((path) => isTold(path, missing)),
        );
        if (dropped.length === 0) return { omission: undefined, isItself };
        const omission = omissionFor(typename, new Set(dropped.map(({ dataName }) => dataName)));
        return omission === 'skip' ? undefined : { omission, isItself };
      },
    };
  };

  function omissionFor(typename: string, dropped: ReadonlySet<string>): Omission | 'skip' {
    const key = `${typename} ${[...dropped].sort().join(' ')}`;
    let omission = made.get(key);
    if (omission === undefined) made.set(key, (omission = makeOmission(key, typename, dropped)));
    return omission;
  }

  function makeOmission(
    key: string,
    typename: string,
    dropped: ReadonlySet<string>,
  ): Omission | 'skip' {
    const kept = topFields(step).flatMap((field) =>
      isOf(field, typename) && !dropped.has(field.dataName) ? [field.dataName] : [],
    );
    return kept.length === 0 ? 'skip' : { key, step: partOfStep(step, new Set(kept), new Set()) };
  }

  function isOf({ on }: StepField, typename: string): boolean {
    return on === undefined || types.fits(on, typename);
  }
}

/** Whether a path is among others, or inside one of them. */
function isIn(path: string, others: readonly string[]): boolean {
  return others.some((other) => path === other || path.startsWith(`${other}.`));
}

/** Whether `@skip` and `@include` leave a field in the fetch. */
function isAsked({ conditions }: StepField, { variables }: Run): boolean {
  return conditions.every(({ variable, equals }) => variables[variable] === equals);
}
