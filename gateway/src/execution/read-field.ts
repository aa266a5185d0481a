import type { JsonObject, JsonValue } from '../transport/subgraph-fetch.ts';
import { atPlace, type Position, type Source } from './position.ts';
import { isJsonObject, type Fetched, type Run } from './run.ts';
import type { Shape } from '../planning/shape.ts';
import type { TypeRelations } from './type-relations.ts';

/** Reads a field of an object at a position. Undefined when no subgraph gave it. */
export type ReadField = (run: Run, object: JsonObject) => JsonValue | undefined;

/** The entity a step fetched for an object. */
export function entityOf(
  run: Run,
  step: number,
  object: JsonObject,
): JsonObject | null | undefined {
  const fetched = run.fetched[step];
  if (!fetched) return undefined;
  const index = entityIndexOf(run, fetched, object);
  return index === undefined ? undefined : fetched.entities[index];
}

/** Which of a step's entities belongs to an object. */
export function entityIndexOf(run: Run, fetched: Fetched, object: JsonObject): number | undefined {
  const index = fetched.index.get(object);
  if (index !== undefined || !run.merged) return index;
  for (const part of run.merged.get(object) ?? []) {
    const ofPart = fetched.index.get(part);
    if (ofPart !== undefined) return ofPart;
  }
  return undefined;
}

/** Compiles the reading of one field from where its sources say it is. */
export function compileRead(sources: readonly Source[]): ReadField {
  const [only] = sources;
  if (!only) return () => undefined;
  if (sources.length > 1) return (run, object) => readMerged(run, object, sources);
  const { step, dataName } = only;
  const read = ownReader(dataName);
  if (step === atPlace) return (_run, object) => read(object);
  return (run, object) => {
    const entity = entityOf(run, step, object);
    return entity ? read(entity) : undefined;
  };
}

/** Names such as `constructor` are fields like any other: what objects inherit must not pass for data. */
export function ownReader(name: string): (object: JsonObject) => JsonValue | undefined {
  if (name in Object.prototype) {
    return (object) => (Object.hasOwn(object, name) ? object[name] : undefined);
  }
  return (object) => object[name];
}

/**
 * Reads a field that several subgraphs may have given: of scalars the last that is not null stands, of objects all.
 */
function readMerged(
  run: Run,
  object: JsonObject,
  sources: readonly Source[],
): JsonValue | undefined {
  let result: JsonValue | undefined;
  for (const { step, dataName, shape } of sources) {
    const from = step === atPlace ? object : entityOf(run, step, object);
    // Of an entity that did not come nothing is known: that is not the same as null.
    const value = from ? ownReader(dataName)(from) : undefined;
    if (value === undefined || (value === null && result !== undefined)) continue;
    // A scalar may be an object as well, but never one of parts.
    result =
      shape && isContainer(result) && isContainer(value)
        ? mergeValues(run, result, value, shape)
        : value;
  }
  return result;
}

function isContainer(value: JsonValue | undefined): value is JsonObject | readonly JsonValue[] {
  return typeof value === 'object' && value !== null;
}

type Container = JsonObject | readonly JsonValue[];

/**
 * Merges two subgraphs' views of one value into a new one; the same two always give the same object.
 * @param shape of the second
 */
function mergeValues(run: Run, first: Container, second: Container, shape: Shape): JsonValue {
  if (first === second) return first;
  run.mergedPairs ??= new Map();
  let bySecond = run.mergedPairs.get(first);
  if (!bySecond) run.mergedPairs.set(first, (bySecond = new Map()));
  let merged = bySecond.get(second);
  if (merged === undefined) {
    merged = mergeContainers(run, first, second, shape);
    bySecond.set(second, merged);
  }
  return merged;
}

function mergeContainers(run: Run, first: Container, second: Container, shape: Shape): JsonValue {
  if (Array.isArray(first) && Array.isArray(second)) {
    const longer: readonly JsonValue[] = first.length >= second.length ? first : second;
    return longer.map((_item, at) => mergeItems(run, first[at], second[at], shape));
  }
  if (!isJsonObject(first) || !isJsonObject(second)) return second;
  const merged: Record<string, JsonValue> = { ...first };
  for (const [key, value] of Object.entries(second)) {
    const known = Object.hasOwn(merged, key) ? merged[key] : undefined;
    const inner = shape.find((field) => field.dataName === key && field.shape)?.shape;
    const both = inner ? mergeItems(run, known, value, inner) : (value ?? known ?? null);
    Object.defineProperty(merged, key, {
      value: both,
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  run.merged ??= new Map();
  run.merged.set(merged, [first, second, ...(run.merged.get(first) ?? [])]);
  return merged;
}

function mergeItems(
  run: Run,
  first: JsonValue | undefined,
  second: JsonValue | undefined,
  shape: Shape,
): JsonValue {
  if (isContainer(first) && isContainer(second)) return mergeValues(run, first, second, shape);
  return second ?? first ?? null;
}

/** Tells the type of an object at a position, as subgraphs call it: the last that names an object type stands. */
export function compileReadTypename(
  position: Position,
  types: TypeRelations,
): (run: Run, object: JsonObject) => string | undefined {
  const sources = position.sources('__typename', undefined);
  const [only] = sources;
  if (sources.length === 1 && only?.step === atPlace) {
    const { dataName } = only;
    return (_run, object) => {
      const value = object[dataName];
      return typeof value === 'string' ? value : undefined;
    };
  }
  return (run, object) => {
    let name: string | undefined;
    for (const { step, dataName } of sources) {
      const value = (step === atPlace ? object : entityOf(run, step, object))?.[dataName];
      // An interface's name comes from a subgraph that knows it as an object type only: any other knows better.
      if (
        typeof value === 'string' &&
        (name === undefined || types.isObjectType(value) || !types.isObjectType(name))
      ) {
        name = value;
      }
    }
    return name;
  };
}
