import type { FetchStep } from '../planning/plan.ts';
import type { JsonObject, JsonValue, SubgraphResponseError } from '../transport/subgraph-fetch.ts';
import { compileRequest } from './compile-request.ts';
import { compilePartition, type ContextPart } from './context-parts.ts';
import type { CoercedVariables } from './engine.ts';
import type { EntityAnswer, FetchEntities } from './entity-request.ts';
import { addFailures, describeFailure } from './failures.ts';
import type { Omission } from './omission.ts';
import type { Group } from './order-steps.ts';
import type { PositionTree } from './position.ts';
import { createGathered, type Gathered } from './representations.ts';
import type { Run } from './run.ts';
import { storeEntities, storeNothing } from './store-entities.ts';
import { traceFetch } from './trace-fetch.ts';
import { isWanted, makeUnits, type Collected } from './units.ts';

interface Setting {
  readonly tree: PositionTree;
  readonly fetchEntities: FetchEntities;
}

/** What one request asks for. */
interface Asked {
  readonly values: CoercedVariables;
  readonly refusal: Error | undefined;
  readonly omission: Omission | undefined;
  readonly texts: readonly string[];
  readonly index: Map<JsonObject, number>;
}

/**
 * Compiles an entity step whose fields take arguments from the objects around (`@fromContext`). Entities with equal
 * arguments share a request; its variables carry the values.
 */
export function compileContextual(
  group: Group,
  step: FetchStep,
  { tree, fetchEntities }: Setting,
): (run: Run) => Promise<void> | undefined {
  const [unit] = makeUnits([step], tree);
  const text = compileRequest(step);
  const position = tree.at(step.path);
  const partition = compilePartition(step, position, tree);
  if (!unit) return () => undefined;

  return (run) => {
    const parts = isWanted(step, run) ? partition(run) : [];
    const gathered = createGathered();
    if (parts.length > 0) unit.members[0]?.gather(run, gathered);
    const asked = parts.flatMap((part) => askedOf(part, gathered));
    const index = new Map<JsonObject, number>();
    const texts: string[] = [];
    for (const each of asked) {
      for (const [object, place] of each.index) index.set(object, place + texts.length);
      texts.push(...each.texts);
    }
    const collected: Collected = {
      unit,
      texts,
      omissions: [],
      indexes: [index],
      places: index.size,
    };
    if (texts.length > 0) return fetchAsked(run, asked, collected);
    storeNothing(run, collected);
    return undefined;
  };

  async function fetchAsked(
    run: Run,
    asked: readonly Asked[],
    collected: Collected,
  ): Promise<void> {
    const lists = asked.map((each) => each.texts);
    const done = run.trace && traceFetch(run, group, { collected: [collected] });
    const answers = await Promise.all(
      asked.map(async ({ values, texts, omission, refusal }): Promise<EntityAnswer> => {
        if (refusal) return failedAnswer(texts.length, refusal);
        const variables = { ...run.variables, ...values };
        const { subgraph, kind } = step;
        const { context, fetch } = run;
        try {
          return await fetchEntities({
            subgraph,
            kind,
            text: omission ? compileRequest(omission.step) : text,
            variables,
            lists: [texts],
            context,
            fetch,
          });
        } catch (error) {
          return failedAnswer(texts.length, error);
        }
      }),
    );
    for (const { response } of answers) run.noteCache(response.cache);
    const answer = joinAnswers(answers, lists);
    storeEntities(run, collected, answer, { alias: '_entities', at: 0 });
    addFailures(run, [collected], answer);
    done?.(answer.response.errors?.length ?? 0, answer);
  }
}

/** The representations of a part that are asked for the same. */
function askedOf(
  { values, refusal, objects }: ContextPart,
  { texts, omissions, index: all }: Gathered,
): Asked[] {
  const byOmission = new Map<string, Asked & { readonly texts: string[] }>();
  const placeOf = new Map<number, number>();
  for (const object of objects) {
    const at = all.get(object);
    const text = at === undefined ? undefined : texts[at];
    if (at === undefined || text === undefined) continue;
    const omission = omissions[at];
    const key = omission?.key ?? '';
    let asked = byOmission.get(key);
    if (!asked)
      byOmission.set(key, (asked = { values, refusal, omission, texts: [], index: new Map() }));
    let place = placeOf.get(at);
    if (place === undefined) placeOf.set(at, (place = asked.texts.push(text) - 1));
    asked.index.set(object, place);
  }
  return [...byOmission.values()];
}

function failedAnswer(count: number, error: unknown): EntityAnswer {
  const failure = describeFailure(error);
  const places = Array.from({ length: count }, (_place, at) => at);
  return {
    response: {
      data: { _entities: places.map(() => null) },
      errors: places.map((at) => ({ ...failure, path: ['_entities', at] })),
      extensions: undefined,
    },
    places: undefined,
    counts: [count],
    requestBytes: 0,
    isBatched: false,
  };
}

/** Joins the answers of the parts as if one request had been made. */
function joinAnswers(
  answers: readonly EntityAnswer[],
  lists: readonly (readonly string[])[],
): EntityAnswer {
  const entities: JsonValue[] = [];
  const errors: SubgraphResponseError[] = [];
  let requestBytes = 0;
  answers.forEach((answer, at) => {
    const offset = entities.length;
    const count = lists[at]?.length ?? 0;
    const { response, places } = answer;
    const own = places?.[0];
    const list: JsonValue | undefined = response.data?.['_entities'];
    requestBytes += answer.requestBytes;
    for (let place = 0; place < count; place += 1) {
      entities.push(
        Array.isArray(list)
          ? ((list[own?.[place] ?? place] as JsonValue | undefined) ?? null)
          : null,
      );
    }
    for (const error of response.errors ?? []) {
      const [root, place, ...rest] = error.path ?? [];
      const ownPlace = typeof place === 'number' && own ? own.indexOf(place) : place;
      if (ownPlace === -1) continue;
      const path =
        typeof ownPlace === 'number' ? [root ?? '', ownPlace + offset, ...rest] : undefined;
      errors.push({ ...error, path });
    }
  });
  return {
    response: { data: { _entities: entities }, errors, extensions: undefined },
    places: undefined,
    counts: [entities.length],
    requestBytes,
    isBatched: false,
  };
}
