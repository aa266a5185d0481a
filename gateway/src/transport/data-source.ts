import { AsyncLocalStorage } from 'node:async_hooks';
import type { GraphQLDataSource, GraphQLDataSourceProcessOptions } from '@apollo/gateway';
import type { RequestContext } from '../request.ts';
import type { FetchContext } from './fetch-context.ts';
import { FetchFailure } from './fetch-failure.ts';
import type { HeaderWriter } from './headers.ts';
import { Layer } from './layer.ts';
import { limitResponse } from './limit-response.ts';
import { readResponseValue } from './read-response.ts';
import { ResponseTooLarge } from './response-collector.ts';
import { describeTransportFailure } from './transport-failure.ts';
import type { JsonObject, SubgraphRequest, SubgraphResponse } from './subgraph-fetch.ts';

/** What `buildService` of ApolloGateway is: a data source for a subgraph, or nothing to leave it to this gateway. */
export type BuildService = (definition: {
  readonly name: string;
  readonly url: string;
}) => GraphQLDataSource | undefined;

/** What data sources know of the client's request: under Apollo Server its own request context. */
export interface IncomingRequest {
  /** The `context` in `willSendRequest` and `didReceiveResponse`. */
  readonly context: Record<string, unknown>;
}

export type FindIncomingRequest = (context: RequestContext) => IncomingRequest;

export interface DataSourceOptions {
  readonly subgraph: string;
  readonly dataSource: GraphQLDataSource;
  readonly headers: HeaderWriter;
  readonly findIncomingRequest: FindIncomingRequest;
  readonly maxResponseBytes: number;
}

type Fetcher = (url: string, init?: Readonly<Record<string, unknown>>) => Promise<object>;

/** The fetch that a data source's own HTTP client works for. */
interface CurrentFetch {
  readonly fetch: FetchContext;
  /** A sending that brought no answer: the subgraph may have carried it out all the same. */
  hasFailed: boolean;
}

const current = new AsyncLocalStorage<CurrentFetch>();

/**
 * The innermost layer for a data source written for ApolloGateway: a subclass of RemoteGraphQLDataSource, a
 * LocalGraphQLDataSource, or any object with `process`. It runs inside the same chain as every other fetch. Its HTTP
 * client is given the abort signal of the fetch and the order not to follow redirects, its answers are read within
 * the size limit, and it sends no mutation again that brought no answer, however the data source tries.
 */
export class AskDataSource extends Layer {
  readonly #options: DataSourceOptions;

  constructor(options: DataSourceOptions) {
    super();
    this.#options = options;
    guardFetcher(options.dataSource, options);
  }

  send(fetch: FetchContext): void {
    if (fetch.stopReason) {
      this.outer.settle(fetch, undefined, fetch.stopReason);
      return;
    }
    this.#ask(fetch).then(
      (response) => this.outer.settle(fetch, response, undefined),
      (reason: unknown) => this.outer.settle(fetch, undefined, reason),
    );
  }

  settle(fetch: FetchContext, response: SubgraphResponse | undefined, reason: unknown): void {
    this.outer.settle(fetch, response, reason);
  }

  async #ask(fetch: FetchContext): Promise<SubgraphResponse> {
    const { subgraph, dataSource, headers, findIncomingRequest } = this.#options;
    const given = makeProcessOptions(
      fetch.request,
      findIncomingRequest(fetch),
      headers.write(fetch).toList(),
    );
    try {
      // What it throws before its first promise is its failure like any other.
      const processing = current.run({ fetch, hasFailed: false }, async () =>
        dataSource.process(given),
      );
      return readResponseValue(await raceWithStop(processing, fetch), subgraph);
    } catch (error) {
      return toResponse(error, subgraph);
    }
  }
}

function guardFetcher(
  dataSource: GraphQLDataSource,
  { subgraph, maxResponseBytes }: DataSourceOptions,
): void {
  const remote = dataSource as GraphQLDataSource & { fetcher?: Fetcher };
  const { fetcher } = remote;
  if (typeof fetcher !== 'function') return;
  remote.fetcher = async (url, init) => {
    const work = current.getStore();
    if (work?.hasFailed && work.fetch.request.kind === 'mutation') throw neverTwice(subgraph);
    const signal = work?.fetch.signal;
    const note = (hasFailed: boolean): void => {
      if (work) work.hasFailed = hasFailed;
    };
    note(true);
    const response = await fetcher(url, { ...init, signal, redirect: 'manual' });
    const { status } = response as { readonly status?: unknown };
    // 4xx: refused, not carried out; a new token may help. Others have answered once their body is there.
    if (typeof status === 'number' && status >= 400 && status < 500) note(false);
    const isServerError = typeof status === 'number' && status >= 500;
    return limitResponse(response, maxResponseBytes, () => note(isServerError));
  };
}

function neverTwice(subgraph: string): FetchFailure {
  return new FetchFailure('SUBGRAPH_UNAVAILABLE', subgraph, {
    detail: 'the data source tried to send a mutation again that had brought no answer',
    blame: 'subgraph',
  });
}

function makeProcessOptions(
  request: SubgraphRequest,
  incoming: IncomingRequest,
  flatHeaders: readonly string[],
): GraphQLDataSourceProcessOptions {
  const body = JSON.parse(request.body) as {
    readonly query: string;
    readonly variables?: Record<string, unknown>;
  };
  const headers = new Headers();
  for (let at = 0; at + 1 < flatHeaders.length; at += 2) {
    headers.set(flatHeaders[at] ?? '', flatHeaders[at + 1] ?? '');
  }
  const processOptions = {
    kind: 'incoming operation',
    request: {
      query: body.query,
      variables: body.variables ?? {},
      ...(request.operationName === undefined ? {} : { operationName: request.operationName }),
      http: { method: 'POST', url: '', headers },
    },
    context: incoming.context,
    incomingRequestContext: incoming,
  };
  // The kind is an enum in Apollo's types and a plain string in its values.
  return processOptions as unknown as GraphQLDataSourceProcessOptions;
}

/** A data source that does not listen to the signal is left behind when the time is over. */
function raceWithStop<Value>(work: Promise<Value>, fetch: FetchContext): Promise<Value> {
  return new Promise((resolve, reject) => {
    const holder = { stop: reject };
    fetch.holder = holder;
    work.then(resolve, reject).finally(() => {
      if (fetch.holder === holder) fetch.holder = undefined;
    });
  });
}

/** A GraphQL error with a code that the data source made itself was meant for the client; anything else was not. */
function toResponse(error: unknown, subgraph: string): SubgraphResponse {
  if (error instanceof FetchFailure) throw error;
  if (error instanceof ResponseTooLarge) throw describeTransportFailure(error, subgraph, true);
  const { message, extensions } = error as { message?: unknown; extensions?: JsonObject };
  const status = (extensions?.['response'] as JsonObject | undefined)?.['status'];
  const detail = String(message).slice(0, 500);
  if (typeof status === 'number') {
    throw new FetchFailure('SUBREQUEST_HTTP_ERROR', subgraph, {
      detail,
      blame: status >= 500 ? 'subgraph' : 'gateway',
      status,
      cause: error,
    });
  }
  if (typeof extensions?.['code'] === 'string') {
    const errors = [{ message: detail, path: undefined, extensions }];
    return { data: undefined, errors, extensions: undefined };
  }
  throw new FetchFailure('SUBGRAPH_UNAVAILABLE', subgraph, {
    detail,
    blame: 'subgraph',
    cause: error,
  });
}
