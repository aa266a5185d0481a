import type { JsonObject, JsonValue } from '../transport/subgraph-fetch.ts';
import type { EntityAnswer } from './entity-request.ts';
import { failSteps, unfitAnswer } from './failures.ts';
import { separate } from './separate-places.ts';
import { isJsonObject, type Fetched, type Run } from './run.ts';
import type { Collected } from './units.ts';

/** What a step has fetched that found nothing to ask for. */
export const nothing: Fetched = {
  index: new Map(),
  entities: [],
  distinct: [],
  isShared: false,
  origins: undefined,
};

/** Notes that nothing came for a unit. */
export function storeNothing(run: Run, { unit, indexes, texts }: Collected): void {
  unit.members.forEach(({ step }, member) => {
    const index = indexes[member];
    // The index stays: it tells which objects a failure concerns.
    run.fetched[step.id] =
      index && index.size > 0
        ? {
            index,
            entities: texts.map(() => null),
            distinct: [],
            isShared: false,
            origins: undefined,
          }
        : nothing;
  });
}

/** Puts what came for a unit into the run, or notes why it cannot be used. */
export function storeEntities(
  run: Run,
  collected: Collected,
  { response, places, counts }: EntityAnswer,
  { alias, at }: { alias: string; at: number },
): void {
  run.isPlain &&= response.isPlain === true;
  const list: JsonValue | undefined = response.data?.[alias];
  const { texts, unit, indexes } = collected;
  if (texts.length === 0) return;
  const isList = Array.isArray(list);
  const isComplete = isList && list.length === counts[at];
  if (!isComplete) {
    storeNothing(run, collected);
    // Null without an error is the declared fallback of a breaker: the transport refuses it from subgraphs.
    const isFallback = response.data === null && response.errors === undefined;
    const wasExplained = isFallback || (!isList && (response.errors?.length ?? 0) > 0);
    if (!wasExplained) {
      const came = isList ? `${list.length}` : 'no list';
      const subgraph = unit.step.subgraph;
      const what = `was asked for ${counts[at]} entities and answered with ${came}`;
      failSteps(run, [collected], unfitAnswer(run, subgraph, what));
    }
    return;
  }
  const own = places?.[at];
  let isMalformed = false;
  const entities = texts.map((_text, position): JsonObject | null => {
    const entity: JsonValue | undefined = list[own ? (own[position] ?? -1) : position];
    if (isJsonObject(entity)) return entity;
    if (entity !== null) isMalformed = true;
    return null;
  });
  if (isMalformed) {
    const { subgraph } = unit.step;
    const what = 'answered with entities that are no objects';
    failSteps(run, [collected], unfitAnswer(run, subgraph, what));
  }
  unit.members.forEach(({ step, isSeparate }, member) => {
    const index = indexes[member];
    if (!index || index.size === 0) run.fetched[step.id] = nothing;
    else if (isSeparate) run.fetched[step.id] = separately(index, entities);
    else run.fetched[step.id] = fetchedOf(index, entities, unit.members.length === 1);
  });
}

function fetchedOf(
  index: Map<JsonObject, number>,
  entities: readonly (JsonObject | null)[],
  isOnlyMember: boolean,
): Fetched {
  let distinct: JsonObject[];
  if (isOnlyMember) distinct = entities.filter(isPresent);
  else {
    const places = new Set(index.values());
    distinct = [...places].map((place) => entities[place] ?? null).filter(isPresent);
  }
  return {
    index,
    entities,
    distinct,
    isShared: index.size > distinct.length,
    origins: undefined,
  };
}

function separately(
  index: ReadonlyMap<JsonObject, number>,
  came: readonly (JsonObject | null)[],
): Fetched {
  const separated = separate(index, came);
  const places = [...separated.index.values()];
  const distinct = places.map((at) => separated.entities[at] ?? null).filter(isPresent);
  return { ...separated, distinct, isShared: false };
}

function isPresent(entity: JsonObject | null): entity is JsonObject {
  return entity !== null;
}
