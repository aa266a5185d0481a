import { createDeadline } from '@trellis/platform/deadline';
import type { FastifyRequest } from 'fastify';
import type { GatewayConfig } from '../config.ts';
import { assertJsonOrNoType } from '../http/csrf.ts';
import { assertMediaType, checkParameters, readGet } from '../http/parse-request.ts';
import type { Graph, Parts } from '../pipeline.ts';
import type { IncomingHeaders, PreparedOperation } from '../request.ts';
import type { CurrentSupergraph } from '../supergraph/current.ts';

export interface RequestCheckInput {
  readonly config: GatewayConfig;
  readonly parts: Parts;
  readonly supergraph: CurrentSupergraph<Graph>;
}

/** What our own listener would refuse before Apollo Server reads, parses or validates anything. */
export interface RequestCheck {
  /** Before the body is read. @throws GatewayError */
  checkHead(request: FastifyRequest): void;
  /**
   * Finds, limits and prepares the operation, and puts its text in place of a hash or id.
   * @throws GatewayError
   */
  checkOperation(request: FastifyRequest): void;
}

/** Creates the check that stands before Apollo Server. What it prepares is cached: the walk prepares nothing twice. */
export function createRequestCheck(input: RequestCheckInput): RequestCheck {
  const { config, parts, supergraph } = input;

  function prepare(request: FastifyRequest): PreparedOperation {
    const isGet = request.method === 'GET';
    const parameters = isGet
      ? readGet(request.raw.url ?? '', config.http)
      : checkParameters(request.body);
    const incoming = {
      ...parameters,
      method: isGet ? ('GET' as const) : ('POST' as const),
      headers: request.headers as IncomingHeaders,
      signal: new AbortController().signal,
      deadline: createDeadline(config.http.requestTimeoutMs),
    };
    const prepared = parts.prepare(incoming, supergraph.get().snapshot);
    const { operationName, variables } = parameters;
    const asked = {
      query: prepared.text,
      ...(operationName === undefined ? {} : { operationName }),
      ...(variables === undefined ? {} : { variables }),
    };
    if (isGet) request.raw.url = `/graphql?${toSearch(asked)}`;
    else request.body = asked;
    return prepared;
  }

  return {
    checkHead(request) {
      if (request.method === 'POST') assertMediaType(request.raw);
      if (request.method === 'GET') assertJsonOrNoType(request.headers as IncomingHeaders);
    },
    checkOperation(request) {
      if (request.method === 'POST' || request.method === 'GET') prepare(request);
    },
  };
}

function toSearch(parameters: Readonly<Record<string, unknown>>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    search.set(name, typeof value === 'string' ? value : JSON.stringify(value));
  }
  return search.toString();
}
