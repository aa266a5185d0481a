import DataLoader from 'dataloader';
import type { RequestContext } from '../request.ts';
import { ShortLivedMap } from '../short-lived-map.ts';
import type { SubgraphResponse } from '../transport/subgraph-fetch.ts';
import { entitiesAlias } from './compile-request.ts';
import { fetchEntities, toSubgraphRequest } from './entity-request.ts';
import type { EntityAnswer, EntityRequest, FetchEntities } from './entity-request.ts';
import { shareContext } from './shared-context.ts';
import { withinDeadline } from './within-deadline.ts';

export interface EntityBatcherOptions {
  readonly maxBatchSize: number;
  readonly maxWindowMs: number;
  /** Everything of a caller that can change what the subgraph answers. */
  readonly callerKey: (context: RequestContext, subgraph: string) => string;
}

/** Requests for the same selection of one subgraph, made for callers the subgraph treats alike. */
interface Lane {
  readonly loader: DataLoader<EntityRequest, EntityAnswer>;
  inFlight: number;
  /** Sends what has gathered; undefined while nothing waits. */
  dispatch: (() => void) | undefined;
}

/**
 * Lets operations that run at the same time ask for entities together: one request carries the representations of all,
 * each once, and everybody gets the entities and errors that are theirs.
 *
 * An idle lane sends at the end of the current turn of the event loop. While a request of the lane is under way, what
 * comes waits for its answer, but no longer than the window: so batches grow with load and cost nothing without it.
 */
export function createEntityBatcher(options: EntityBatcherOptions): FetchEntities {
  const lanes = new ShortLivedMap<Lane>();

  function laneFor(key: string): Lane {
    let lane = lanes.get(key);
    if (!lane) {
      lane = createLane(options, () => lanes.delete(key));
      lanes.set(key, lane);
    }
    return lane;
  }

  return (request) => {
    if (request.kind !== 'query' || countOf(request) >= options.maxBatchSize) {
      return fetchEntities(request);
    }
    const caller = options.callerKey(request.context, request.subgraph);
    const selection = request.text.body(request.variables, []);
    const answer = laneFor(`${request.subgraph} ${selection} ${caller}`).loader.load(request);
    return withinDeadline(answer, request.context);
  };
}

function createLane(options: EntityBatcherOptions, whenEmpty: () => void): Lane {
  const lane: Lane = {
    inFlight: 0,
    dispatch: undefined,
    loader: new DataLoader(sendBatches, {
      cache: false,
      maxBatchSize: Number.POSITIVE_INFINITY,
      batchScheduleFn: (dispatch) => schedule(lane, dispatch, options.maxWindowMs),
    }),
  };
  return lane;

  async function sendBatches(
    requests: readonly EntityRequest[],
  ): Promise<(EntityAnswer | Error)[]> {
    lane.inFlight += 1;
    try {
      const batches = splitIntoBatches(requests, options.maxBatchSize);
      return (await Promise.all(batches.map(sendBatch))).flat();
    } finally {
      lane.inFlight -= 1;
      if (lane.inFlight === 0 && !lane.dispatch) whenEmpty();
      else lane.dispatch?.();
    }
  }
}

function schedule(lane: Lane, dispatch: () => void, maxWindowMs: number): void {
  let isSent = false;
  const send = (): void => {
    if (isSent) return;
    isSent = true;
    lane.dispatch = undefined;
    clearTimeout(timer);
    dispatch();
  };
  lane.dispatch = send;
  const timer = lane.inFlight > 0 ? setTimeout(send, maxWindowMs) : undefined;
  if (!timer) setImmediate(send);
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

/** Sends one batch; rejections become values, because each caller has a promise of its own. */
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
    return requests.map(() => error);
  }
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
