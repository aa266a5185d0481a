import type {
  SubgraphFetch,
  SubgraphRequest,
  SubgraphResponse,
} from '../transport/subgraph-fetch.ts';
import type { RequestContext } from '../request.ts';
import type { RequestText } from './compile-request.ts';
import type { CoercedVariables } from './engine.ts';

/** Entities one execution asks one subgraph for: one list of representations per entity selection of the request. */
export interface EntityRequest {
  readonly subgraph: string;
  readonly kind: SubgraphRequest['kind'];
  readonly text: RequestText;
  readonly variables: CoercedVariables;
  /** Representations as JSON, each once within its list. */
  readonly lists: readonly (readonly string[])[];
  readonly context: RequestContext;
  readonly fetch: SubgraphFetch;
}

/** What came back for an entity request, perhaps together with what others asked for. */
export interface EntityAnswer {
  readonly response: SubgraphResponse;
  /** By list, then by representation: where its entity stands in the response. Undefined: in the order asked for. */
  readonly places: readonly (readonly number[])[] | undefined;
  /** By list: how many entities the response must have. */
  readonly counts: readonly number[];
  readonly requestBytes: number;
  readonly isBatched: boolean;
}

/** Asks for entities. @throws SubgraphError */
export type FetchEntities = (request: EntityRequest) => Promise<EntityAnswer>;

/** Sends an entity request as it is. */
export const fetchEntities: FetchEntities = async (request) => {
  const subgraphRequest = toSubgraphRequest(request, request.lists, 1);
  const response = await request.fetch(subgraphRequest, request.context);
  return {
    response,
    places: undefined,
    counts: request.lists.map((texts) => texts.length),
    requestBytes: subgraphRequest.body.length,
    isBatched: false,
  };
};

/**
 * Writes the request for given lists.
 * @param operations how many executions it is for
 */
export function toSubgraphRequest(
  { subgraph, kind, text, variables }: EntityRequest,
  lists: readonly (readonly string[])[],
  operations: number,
): SubgraphRequest {
  const written = lists.map((texts) => `[${texts.join(',')}]`);
  const representations = lists.reduce((count, texts) => count + texts.length, 0);
  return {
    subgraph,
    kind,
    operationName: undefined,
    body: text.body(variables, written),
    fields: text.fields,
    batch: { representations, operations },
  };
}
