import type { FetchStep } from '../planning/plan.ts';
import type { JsonObject, JsonValue, SubgraphResponseError } from '../transport/subgraph-fetch.ts';
import { entitiesAlias } from './compile-request.ts';
import type { EntityAnswer } from './entity-request.ts';
import type { Omission } from './omission.ts';
import type { Collected } from './units.ts';

/** Representations of one unit about which the same is asked. */
export interface AskedPart {
  /** The unit's place among those that are sent. */
  readonly at: number;
  readonly step: FetchStep;
  /** Equal for parts of equal selections, in one group. */
  readonly key: string;
  /** Their places among the unit's representations. */
  readonly places: readonly number[];
}

/** Splits units by what their representations cannot be asked (omissions.ts). */
export function splitIntoParts(sent: readonly Collected[]): AskedPart[] {
  return sent.flatMap(({ unit, texts, omissions }, at): AskedPart[] => {
    const parts = new Map<string, { omission: Omission | undefined; places: number[] }>();
    for (const place of texts.keys()) {
      const omission = omissions[place];
      const key = omission?.key ?? '';
      const part = parts.get(key);
      if (part) part.places.push(place);
      else parts.set(key, { omission, places: [place] });
    }
    return [...parts].map(([key, { omission, places }]) => ({
      at,
      step: omission?.step ?? unit.step,
      key: `${unit.step.id} ${key}`,
      places,
    }));
  });
}

/** Puts the answers for parts together as if each unit had been asked as a whole. */
export function joinParts(
  answer: EntityAnswer,
  parts: readonly AskedPart[],
  sent: readonly Collected[],
): EntityAnswer {
  const aliasOf = (at: number, count: number): string =>
    count === 1 ? '_entities' : entitiesAlias(at);
  const data: Record<string, JsonValue> = {};
  const counts = sent.map(({ texts }) => texts.length);
  sent.forEach(({ texts }, at) => {
    const entities: JsonValue[] = texts.map(() => null);
    const isWhole = parts.every((part, number) => {
      if (part.at !== at) return true;
      const list = listOf(answer, aliasOf(number, parts.length), answer.counts[number]);
      part.places.forEach((place, own) => {
        entities[place] = list?.[placeIn(answer, number, own)] ?? null;
      });
      return list !== undefined;
    });
    if (isWhole) data[aliasOf(at, sent.length)] = entities;
  });
  const errors = (answer.response.errors ?? []).flatMap((error): SubgraphResponseError[] => {
    const [root, place, ...rest] = error.path ?? [];
    const number = parts.findIndex((_part, each) => root === aliasOf(each, parts.length));
    const part = parts[number];
    if (!part || typeof place !== 'number') return [error];
    // Batched with others: an error of theirs is left to them.
    const own = answer.places ? (answer.places[number]?.indexOf(place) ?? -1) : place;
    if (own < 0) return [];
    const path = [aliasOf(part.at, sent.length), part.places[own] ?? counts[part.at] ?? 0, ...rest];
    return [{ ...error, path }];
  });
  return {
    ...answer,
    response: { ...answer.response, data, errors },
    places: undefined,
    counts,
  };
}

function listOf(
  { response }: EntityAnswer,
  alias: string,
  count: number | undefined,
): readonly JsonValue[] | undefined {
  const data: JsonObject | null | undefined = response.data;
  const list = data?.[alias];
  return Array.isArray(list) && list.length === count ? list : undefined;
}

function placeIn({ places }: EntityAnswer, list: number, own: number): number {
  return places ? (places[list]?.[own] ?? -1) : own;
}
