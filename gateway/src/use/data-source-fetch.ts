import type { GraphQLDataSource } from '@apollo/gateway';
import type { GatewayGraphQLRequestContext } from '@apollo/server-gateway-interface';
import type {
  JsonObject,
  SubgraphFetch,
  SubgraphRequest,
  SubgraphResponse,
  SubgraphResponseError,
} from '../transport/subgraph-fetch.ts';

export type DataSources = (subgraph: string) => GraphQLDataSource;

type DataSourceOptions = Parameters<GraphQLDataSource['process']>[0];
type DataSourceResponse = Awaited<ReturnType<GraphQLDataSource['process']>>;

/** The kind of every request that answers a client; the enum of @apollo/gateway, without loading it. */
const incomingOperation = 'incoming operation' as DataSourceOptions['kind'];

/**
 * Returns a fetch that asks the data sources of `ApolloGateway` users in place of our transport, with the context
 * of the request of Apollo Server they belong to: `willSendRequest` and `didReceiveResponse` run as they always did.
 */
export function createDataSourceFetch(
  dataSources: DataSources,
  incoming: GatewayGraphQLRequestContext,
): SubgraphFetch {
  return async function fetchFromDataSource(request) {
    try {
      const options = makeOptions(request, incoming);
      return toSubgraphResponse(await dataSources(request.subgraph).process(options));
    } catch (error) {
      return { data: undefined, errors: [toResponseError(error)], extensions: undefined };
    }
  };
}

function makeOptions(
  request: SubgraphRequest,
  incoming: GatewayGraphQLRequestContext,
): DataSourceOptions {
  const { query, variables = {} } = JSON.parse(request.body) as {
    readonly query: string;
    readonly variables?: Record<string, unknown>;
  };
  const { operationName } = request;
  const options = {
    kind: incomingOperation,
    request: { query, variables, ...(operationName === undefined ? {} : { operationName }) },
    incomingRequestContext: incoming,
    context: incoming.context,
  };
  // @apollo/gateway was built against version 1 of the interface; its request context is the same.
  return options as unknown as DataSourceOptions;
}

function toSubgraphResponse({ data, errors, extensions }: DataSourceResponse): SubgraphResponse {
  return {
    data: data as JsonObject | null | undefined,
    errors: errors?.map(toResponseError),
    extensions: extensions as JsonObject | undefined,
  };
}

function toResponseError(error: unknown): SubgraphResponseError {
  const { message, path, extensions } = error as Partial<SubgraphResponseError>;
  return {
    message: message ?? String(error),
    path,
    extensions: { code: 'SUBREQUEST_HTTP_ERROR', ...extensions },
  };
}
