import type { FetchStep } from '../planning/plan.ts';
import type { JsonObject, JsonValue } from '../transport/subgraph-fetch.ts';

/** Entities by index, and the index of each object that has one. */
export interface Separated {
  readonly index: Map<JsonObject, number>;
  readonly entities: readonly (JsonObject | null)[];
  /** By index: which of the entities that came it is. */
  readonly origins: readonly number[];
}

/**
 * Finds the steps whose entities lie between the objects that set a context and those that read it (`@fromContext`). One
 * such entity at two places has other objects around it at each, and so have the objects in it.
 */
export function findSeparateSteps(steps: readonly FetchStep[]): ReadonlySet<number> {
  const found = new Set<number>();
  for (const reader of steps) {
    if (reader.contexts.length === 0) continue;
    const climbs = reader.contexts.map(
      ({ path }) => path.filter((element) => element === '..').length,
    );
    const top = reader.path.length - Math.max(...climbs);
    for (const { id, path, requires } of steps) {
      const isBetween = path.length >= top && path.length < reader.path.length;
      const leadsThere = path.every((key, depth) => key === reader.path[depth]);
      if (requires && isBetween && leadsThere) found.add(id);
    }
  }
  return found;
}

/** Gives every object an entity of its own: all but the first that share one get a copy. */
export function separate(
  index: ReadonlyMap<JsonObject, number>,
  came: readonly (JsonObject | null)[],
): Separated {
  const entities = [...came];
  const origins = came.map((_entity, at) => at);
  const own = new Map<JsonObject, number>();
  const taken = new Set<number>();
  for (const [object, at] of index) {
    const entity = came[at];
    if (!entity || !taken.has(at)) {
      taken.add(at);
      own.set(object, at);
      continue;
    }
    own.set(object, entities.push(copyOf(entity) as JsonObject) - 1);
    origins.push(at);
  }
  return { index: own, entities, origins };
}

/** Copies objects and lists; what stands for a number no double holds stays as it is. */
function copyOf(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map((item: JsonValue) => copyOf(item));
  if (typeof value !== 'object' || value === null) return value;
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, copyOf(each)]));
}
