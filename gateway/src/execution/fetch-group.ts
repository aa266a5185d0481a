import type { FetchStep } from '../planning/plan.ts';
import { compileContextual } from './fetch-contextual.ts';
import { joinParts, splitIntoParts, type AskedPart } from './asked-parts.ts';
import {
  compileMergedRequest,
  compileRequest,
  entitiesAlias,
  type RequestText,
} from './compile-request.ts';
import type { EntityAnswer, EntityRequest, FetchEntities } from './entity-request.ts';
import { addFailures, failStep, failSteps, unfitAnswer } from './failures.ts';
import type { Group } from './order-steps.ts';
import type { PositionTree } from './position.ts';
import { once } from './once.ts';
import { isJsonObject, rootObject, type Run } from './run.ts';
import { nothing, storeEntities, storeNothing } from './store-entities.ts';
import { traceFetch } from './trace-fetch.ts';
import { collectUnit, isWanted, makeUnits, type Collected } from './units.ts';

/**
 * Fetches one group and puts what came into the run. Never rejects: what fails becomes failures of the run.
 * Returns nothing when there is nothing to ask.
 */
export type FetchGroup = (run: Run) => Promise<void> | undefined;

/** Compiles the fetching of a group. */
export function compileGroup(
  group: Group,
  tree: PositionTree,
  fetchEntities: FetchEntities,
): FetchGroup {
  const [first] = group.steps;
  if (!first) return () => undefined;
  if (!first.requires) return compileRoot(group, first);
  return first.contexts.length > 0
    ? compileContextual(group, first, { tree, fetchEntities })
    : compileEntities(group, tree, fetchEntities);
}

function compileRoot(group: Group, step: FetchStep): FetchGroup {
  const text = compileRequest(step);
  return (run) => {
    if (!isWanted(step, run)) {
      run.fetched[step.id] = nothing;
      return undefined;
    }
    return fetchRoot(run);
  };

  async function fetchRoot(run: Run): Promise<void> {
    const body = text.body(run.variables, []);
    const done = run.trace && traceFetch(run, group, { requestBytes: body.length });
    const request = {
      subgraph: group.subgraph,
      kind: step.kind,
      operationName: undefined,
      body,
      fields: text.fields,
    };
    try {
      const response = await run.fetch(request, run.context);
      run.isPlain &&= response.isPlain === true;
      run.noteCache(response.cache);
      const data = response.data ?? undefined;
      run.fetched[step.id] = isJsonObject(data)
        ? {
            index: new Map([[rootObject, 0]]),
            entities: [data],
            distinct: [data],
            isShared: false,
            origins: undefined,
          }
        : nothing;
      for (const { message, extensions, path = [] } of response.errors ?? []) {
        run.failures.push({ step: step.id, message, extensions, entity: undefined, path });
      }
      // Null without an error is the declared fallback of a breaker: the transport refuses it from subgraphs.
      const isFallback = response.data === null;
      if (!data && !isFallback && !response.errors?.length) {
        failStep(run, step, unfitAnswer(run, group.subgraph, 'answered without data'));
      }
      done?.(response.errors?.length ?? 0, { response });
    } catch (error) {
      run.fetched[step.id] = nothing;
      failStep(run, step, error);
      done?.(1);
    }
  }
}

function compileEntities(
  group: Group,
  tree: PositionTree,
  fetchEntities: FetchEntities,
): FetchGroup {
  const units = makeUnits(group.steps, tree);
  // Most operations never need all of these texts.
  const alone = units.map((unit) => once(() => compileRequest(unit.step)));
  const together = once(() => compileMergedRequest(units.map((unit) => unit.step)));
  const partTexts = new Map<string, RequestText>();
  return (run) => {
    const collected = units.map((unit) => collectUnit(run, unit));
    const asked = collected.filter((each) => each.texts.length > 0);
    for (const each of collected) if (each.texts.length === 0) storeNothing(run, each);
    const [only] = asked;
    if (!only) return undefined;
    if (asked.some(({ omissions }) => omissions.length > 0)) return fetchParts(run, asked);
    const mergedText = asked.length > 1 ? together() : undefined;
    const sent = mergedText ? collected : [only];
    const text = mergedText ?? alone[collected.indexOf(only)]?.();
    if (!text) return undefined;
    return fetchAll(run, sent, {
      subgraph: group.subgraph,
      kind: only.unit.step.kind,
      text,
      variables: run.variables,
      lists: sent.map((each) => each.texts),
      context: run.context,
      fetch: run.fetch,
    });
  };

  /** Where not everything can be asked of all: one list for each way to ask, in one request. */
  function fetchParts(run: Run, asked: readonly Collected[]): Promise<void> {
    const parts = splitIntoParts(asked);
    return fetchAll(
      run,
      asked,
      {
        subgraph: group.subgraph,
        kind: group.steps[0]?.kind ?? 'query',
        text: textOf(parts),
        variables: run.variables,
        lists: parts.map(({ at, places }) => places.map((place) => asked[at]?.texts[place] ?? '')),
        context: run.context,
        fetch: run.fetch,
      },
      (answer) => joinParts(answer, parts, asked),
    );
  }

  function textOf(parts: readonly AskedPart[]): RequestText {
    const key = parts.map((part) => part.key).join('\n');
    let text = partTexts.get(key);
    if (!text) {
      const [first] = parts;
      const steps = parts.map(({ step }) => step);
      text = parts.length === 1 && first ? compileRequest(first.step) : compileMergedRequest(steps);
      if (partTexts.size < maxPartTexts) partTexts.set(key, text);
    }
    return text;
  }

  async function fetchAll(
    run: Run,
    sent: readonly Collected[],
    request: EntityRequest,
    join: (answer: EntityAnswer) => EntityAnswer = asItIs,
  ): Promise<void> {
    const done = run.trace && traceFetch(run, group, { collected: sent });
    try {
      const received = await fetchEntities(request);
      run.noteCache(received.response.cache);
      const answer = join(received);
      sent.forEach((each, at) => {
        const alias = sent.length === 1 ? '_entities' : entitiesAlias(at);
        storeEntities(run, each, answer, { alias, at });
      });
      addFailures(run, sent, answer);
      done?.(answer.response.errors?.length ?? 0, answer);
    } catch (error) {
      for (const each of sent) storeNothing(run, each);
      failSteps(run, sent, error);
      done?.(1);
    }
  }
}

/** Texts kept per group. More ways to ask than this are compiled anew each time. */
const maxPartTexts = 32;

function asItIs(answer: EntityAnswer): EntityAnswer {
  return answer;
}
