import type { GraphQLDataSource, GraphQLDataSourceProcessOptions } from '@apollo/gateway';
import { getOperationAST, Kind, parse, type GraphQLFormattedError } from 'graphql';
import { strictest, type CachePolicy, type SaidOfCaching } from '../cache-policy.ts';
import { SubgraphError } from '../errors.ts';
import type { RequestContext } from '../request.ts';
import type {
  JsonObject,
  SubgraphFetch,
  SubgraphRequest,
  SubgraphResponse,
} from '../transport/subgraph-fetch.ts';

type ApolloResponse = Awaited<ReturnType<GraphQLDataSource['process']>>;

/** What travels through the stock engine to its data sources: who asks, and how subgraphs are reached. */
export interface Caller {
  readonly context: RequestContext;
  readonly fetch: SubgraphFetch;
  /** What the Cache-Control headers of its responses have said so far. */
  readonly headers: { -readonly [Member in keyof SaidOfCaching]: SaidOfCaching[Member] };
}

/** A data source of stock Apollo that asks the subgraph through our transport. */
export function createDataSource(subgraph: string): GraphQLDataSource {
  return {
    async process(options): Promise<ApolloResponse> {
      const { caller } = options.context as { readonly caller: Caller };
      const request = makeSubgraphRequest(subgraph, options);
      try {
        const response = await caller.fetch(request, caller.context);
        noteHeader(caller, response.cache);
        assertEntities(response, options.request.variables?.['representations'], subgraph);
        return copyResponse(response, request);
      } catch (error) {
        const failure = toSubgraphError(error, subgraph);
        return { errors: request.fields.map((field) => failField(field, failure)) };
      }
    },
  };
}

function noteHeader({ headers }: Caller, policy: CachePolicy | undefined): void {
  if (!policy) headers.isSilent = true;
  else headers.said = headers.said ? strictest(headers.said, policy) : policy;
}

/** A RangeError is an answer nested deeper than the stack. @throws the error itself when it is no subgraph's fault */
function toSubgraphError(error: unknown, subgraph: string): SubgraphError {
  if (error instanceof SubgraphError) return error;
  if (error instanceof RangeError)
    return new SubgraphError('SUBGRAPH_MALFORMED_RESPONSE', subgraph);
  throw error;
}

/** Stock Apollo turns a path below `_entities` into that of the entity in the client's answer. */
function failField(
  field: string,
  { message, extensions }: Pick<SubgraphError, 'message' | 'extensions'>,
): GraphQLFormattedError {
  return { message, path: field === '_entities' ? [field, 0] : [field], extensions };
}

/**
 * Stock execution fails the whole request when a list of entities is not as long as what was asked for, or no list.
 * @throws SubgraphError
 */
function assertEntities(
  { data, errors }: SubgraphResponse,
  representations: unknown,
  subgraph: string,
): void {
  if (!Array.isArray(representations) || !data) return;
  const entities = data['_entities'];
  if ((entities === null || entities === undefined) && errors) return;
  const isRight =
    Array.isArray(entities) &&
    entities.length === representations.length &&
    entities.every((entity) => typeof entity === 'object');
  if (!isRight) throw new SubgraphError('SUBGRAPH_MALFORMED_RESPONSE', subgraph);
}

function makeSubgraphRequest(
  subgraph: string,
  options: GraphQLDataSourceProcessOptions,
): SubgraphRequest {
  const { query = '', operationName, variables } = options.request;
  const document = 'document' in options && options.document ? options.document : parse(query);
  const operation = getOperationAST(document);
  const fields = (operation?.selectionSet.selections ?? []).flatMap((selection) =>
    selection.kind === Kind.FIELD ? [selection.alias?.value ?? selection.name.value] : [],
  );
  return {
    subgraph,
    kind: operation?.operation ?? 'query',
    operationName,
    body: JSON.stringify({ query, variables, operationName }),
    fields,
  };
}

/**
 * Stock execution merges into what it is given, and answers may be shared between callers: so it gets a copy.
 * Errors without a place get that of the fetch.
 */
function copyResponse(
  { data, errors }: SubgraphResponse,
  { fields }: SubgraphRequest,
): ApolloResponse {
  const [field = ''] = fields;
  const placed = errors?.map((error) =>
    error.path ? error : failField(field, { ...error, extensions: withCode(error.extensions) }),
  );
  return JSON.parse(JSON.stringify({ data, errors: placed })) as ApolloResponse;
}

function withCode(extensions: JsonObject | undefined): SubgraphError['extensions'] {
  return { code: 'SUBGRAPH_ERROR', ...(extensions as SubgraphError['extensions'] | undefined) };
}
