import { setImmediate } from 'node:timers/promises';
import { createDeadline } from '@trellis/platform/deadline';
import { anonymous } from '@trellis/platform/identity';
import type { FastifyRequest } from 'fastify';
import type { GatewayConfig } from '../config.ts';
import { GatewayError } from '../errors.ts';
import { assertJsonOrNoType } from '../http/csrf.ts';
import { negotiate } from '../http/negotiate.ts';
import {
  assertMediaType,
  checkParameters,
  readGet,
  type RequestParameters,
} from '../http/parse-request.ts';
import type { Graph, Parts } from '../pipeline.ts';
import type { IncomingHeaders } from '../incoming-headers.ts';
import type { PreparedOperation } from '../operation/prepared-operation.ts';
import type { IncomingOperation } from '../request.ts';
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
  checkOperation(request: FastifyRequest): Promise<void>;
}

/** Bytes of a body from which on reading it takes a few milliseconds. */
const largeBody = 250_000;

/** Creates the check that stands before Apollo Server. What it prepares is cached: the walk prepares nothing twice. */
export function createRequestCheck(input: RequestCheckInput): RequestCheck {
  const { config, parts, supergraph } = input;

  /** Who asks is not known yet: names are suggested that everybody may see. */
  async function prepare(incoming: IncomingOperation): Promise<PreparedOperation> {
    const { snapshot } = supergraph.get();
    try {
      return parts.prepare(incoming, snapshot);
    } catch (error) {
      const nobody = { identity: anonymous, headers: {}, id: '' };
      throw (await parts.narrowError?.(error, nobody, snapshot)) ?? error;
    }
  }

  async function checkOperation(request: FastifyRequest): Promise<void> {
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
    const prepared = await prepare(incoming);
    const query = prepared.text ?? '';
    if (isGet) request.raw.url = withText(request.raw.url ?? '', query, parameters);
    else request.body = asBody(query, parameters);
    // A large body was parsed a moment ago, in one piece: others come first.
    if (Number(request.headers['content-length'] ?? 0) >= largeBody) await setImmediate();
  }

  return {
    checkHead(request) {
      // Apollo Server finds out when it has run the operation, and understands fewer preferences than we do.
      const type = negotiate(request.headers.accept);
      if (!type) throw new GatewayError('NOT_ACCEPTABLE');
      request.raw.headers.accept = type;
      if (request.method === 'POST') assertMediaType(request.raw);
      else if (request.method === 'GET') assertJsonOrNoType(request.headers as IncomingHeaders);
      else throw new GatewayError('METHOD_NOT_ALLOWED', 'GraphQL is asked with POST or GET.');
    },
    checkOperation,
  };
}

/** Apollo Server has been told of no store: it would refuse a request that speaks of one. */
function withoutReference({ extensions }: RequestParameters): object {
  const { persistedQuery: _found, ...rest } = extensions ?? {};
  return rest;
}

/** Apollo Server takes what is there for what was meant: a member that is undefined must not be there. */
function asBody(query: string, parameters: RequestParameters): object {
  const { operationName, variables } = parameters;
  return {
    query,
    ...(operationName === undefined ? {} : { operationName }),
    ...(variables === undefined ? {} : { variables }),
    extensions: withoutReference(parameters),
  };
}

/** Leaves everything else as the client wrote it. */
function withText(url: string, query: string, parameters: RequestParameters): string {
  const start = url.indexOf('?');
  const search = new URLSearchParams(url.slice(start + 1));
  search.delete('documentId');
  for (const name of ['variables', 'extensions', 'operationName'] as const) {
    if (parameters[name] === undefined) search.delete(name);
  }
  search.set('query', query);
  if (search.has('extensions')) {
    search.set('extensions', JSON.stringify(withoutReference(parameters)));
  }
  return `/graphql?${search.toString()}`;
}
