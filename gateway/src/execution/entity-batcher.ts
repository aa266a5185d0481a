import type { RequestContext } from '../request.ts';
import { ShortLivedMap } from '../short-lived-map.ts';
import { FetchFailure } from '../transport/fetch-failure.ts';
import type { SubgraphResponse } from '../transport/subgraph-fetch.ts';
import { entitiesAlias } from './compile-request.ts';
import { EntityLane } from './entity-lane.ts';
import { fetchEntities, toSubgraphRequest } from './entity-request.ts';
import type { EntityAnswer, EntityRequest, FetchEntities } from './entity-request.ts';
import { shareContext } from './shared-context.ts';

export interface EntityBatcherOptions {
  readonly maxBatchSize: number;
  readonly maxWindowMs: number;
  /** Everything of a caller that can change what the subgraph answers. */
  readonly callerKey: (context: RequestContext, subgraph: string) => string;
}

/**
 * Lets operations that run at the same time ask for entities together: one request carries the representations of all,
 * each once, and everybody gets the entities and errors that are theirs. When they are sent: entity-lane.ts.
 */
export function createEntityBatcher(options: EntityBatcherOptions): FetchEntities {
  const { maxBatchSize, maxWindowMs, callerKey } = options;
  const lanes = new ShortLivedMap<EntityLane>();

  function laneFor(key: string): EntityLane {
    let lane = lanes.get(key);
    if (!lane) {
      lane = new EntityLane({ maxWindowMs, sendTogether, whenEmpty: () => lanes.delete(key) });
      lanes.set(key, lane);
    }
    return lane;
  }

  async function sendTogether(
    requests: readonly EntityRequest[],
  ): Promise<readonly (EntityAnswer | Error)[]> {
    const batches = splitIntoBatches(requests, maxBatchSize);
    return (await Promise.all(batches.map(sendBatch))).flat();
  }

  return (request) => {
    const { kind, subgraph, text, variables, context } = request;
    if (kind !== 'query' || countOf(request) >= maxBatchSize) return fetchEntities(request);
    const key = `${subgraph} ${text.identify(variables)} ${callerKey(context, subgraph)}`;
    return laneFor(key).ask(request);
  };
}

function countOf({ lists }: EntityRequest): number {
  return lists.reduce((count, texts) => count + texts.length, 0);
}

function splitIntoBatches(
  requests: readonly EntityRequest[],
  maxBatchSize: number,
): EntityRequest[][] {
  const batches: EntityRequest[][] = [];
  let room = 0;
  for (const request of requests) {
    const count = countOf(request);
    const last = batches.at(-1);
    if (last && count <= room) {
      last.push(request);
      room -= count;
    } else {
      batches.push([request]);
      room = maxBatchSize - count;
    }
  }
  return batches;
}

/** Sends one batch; rejections become values, because each caller has a promise of its own (decision 0091, 0174). */
async function sendBatch(requests: readonly EntityRequest[]): Promise<(EntityAnswer | Error)[]> {
  const [first] = requests;
  if (!first) return [];
  try {
    if (requests.length === 1) return [await fetchEntities(first)];
    const { lists, places } = mergeLists(requests);
    const request = toSubgraphRequest(first, lists, requests.length);
    const shared = shareContext(requests.map((each) => each.context));
    const sent = first.fetch(request, shared.context).finally(() => shared.release());
    const response: SubgraphResponse = await sent;
    // One representation a resolver stumbles over may null the whole list: then nobody answers for another's.
    if (!hasAllLists(response, lists.length)) return Promise.all(requests.map(fetchSettled));
    const counts = lists.map((texts) => texts.length);
    return places.map((own) => ({
      response,
      places: own,
      counts,
      requestBytes: request.body.length,
      isBatched: true,
    }));
  } catch (cause) {
    const error = toError(cause);
    if (requests.length > 1 && mayBeOnesFault(error)) {
      return Promise.all(requests.map(fetchSettled));
    }
    return requests.map(() => error);
  }
}

/** The subgraph refuses or fails what it was asked: too much at once, or one entity it cannot bear. */
const statusesOfContent: ReadonlySet<number> = new Set([400, 413, 422, 500]);

/**
 * Whether a batch may have failed for what stood in it, so that each caller may fare better alone. What says that the
 * subgraph cannot be reached, is late or has too much to do is no such failure: asking more often would not help it.
 */
function mayBeOnesFault(error: Error): boolean {
  if (!(error instanceof FetchFailure)) return false;
  const { code, status } = error;
  if (code === 'SUBREQUEST_HTTP_ERROR')
    return status !== undefined && statusesOfContent.has(status);
  return code === 'SUBGRAPH_MALFORMED_RESPONSE';
}

function hasAllLists({ data }: SubgraphResponse, count: number): boolean {
  if (!data) return false;
  if (count === 1) return Array.isArray(data['_entities']);
  return Array.from({ length: count }).every((_list, at) => Array.isArray(data[entitiesAlias(at)]));
}

async function fetchSettled(request: EntityRequest): Promise<EntityAnswer | Error> {
  try {
    return await fetchEntities(request);
  } catch (cause) {
    return toError(cause);
  }
}

function toError(cause: unknown): Error {
  return cause instanceof Error ? cause : new Error(String(cause), { cause });
}

/** Puts lists together, each representation once, and remembers where each request's own went. */
function mergeLists(requests: readonly EntityRequest[]): {
  readonly lists: readonly (readonly string[])[];
  readonly places: readonly (readonly (readonly number[])[])[];
} {
  const merged: Map<string, number>[] = [];
  const places = requests.map(({ lists }) =>
    lists.map((texts, at) => {
      const placeOf = (merged[at] ??= new Map());
      return texts.map((text) => {
        let place = placeOf.get(text);
        if (place === undefined) placeOf.set(text, (place = placeOf.size));
        return place;
      });
    }),
  );
  return { lists: merged.map((placeOf) => [...placeOf.keys()]), places };
}
