import type {
  GatewayExecutionResult,
  GatewayExecutor,
  GatewayGraphQLRequestContext,
  GatewayInterface,
} from '@apollo/server-gateway-interface';
import { createDeadline } from '@trellis/platform/deadline';
import type { Logger } from '@trellis/platform/log';
import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { CachePolicy } from '../cache-policy.ts';
import {
  arrivalChannel,
  createRequestRecord,
  outcomeChannel,
  requestChannel,
  type RequestRecord,
} from '../channels.ts';
import { errorCatalogue } from '../errors.ts';
import { toGatewayError } from '../http/write-json.ts';
import { answer, type Graph, type Parts } from '../pipeline.ts';
import type { IncomingOperation } from '../request.ts';
import type { IncomingHeaders } from '../incoming-headers.ts';
import { markLargeIntegers, readMarked } from '../transport/exact-number.ts';
import type { CurrentSupergraph } from '../supergraph/current.ts';

export interface GatewayInterfaceInput {
  readonly parts: Parts;
  readonly supergraph: CurrentSupergraph<Graph>;
  readonly requestTimeoutMs: number;
  /** Whether operations were found and prepared before Apollo Server got them. */
  readonly isResolved?: boolean;
  readonly log: Logger;
  /** Told which request of Apollo Server the headers belong to that travel through the walk. */
  readonly onRequest?: (headers: IncomingHeaders, request: GatewayGraphQLRequestContext) => void;
  /** The record of the HTTP request, where there is one. */
  readonly recordOf?: (request: GatewayGraphQLRequestContext) => RequestRecord | undefined;
  readonly stop: () => Promise<void>;
}

/** Presents the walk as a gateway of Apollo Server: it parses and validates, we do all the rest. */
export function createGatewayInterface(input: GatewayInterfaceInput): GatewayInterface {
  const { supergraph } = input;
  const executor: GatewayExecutor = (request) => run(request, input);
  return {
    async load() {
      return { executor };
    },
    onSchemaLoadOrUpdate(callback) {
      const report = ({ snapshot }: Graph): void =>
        callback({ apiSchema: snapshot.apiSchema, coreSupergraphSdl: snapshot.sdl });
      report(supergraph.get());
      return supergraph.onSwap(report);
    },
    stop: input.stop,
  };
}

/** Characters of an answer from which on reading it takes so long that others come first. */
const largeAnswer = 250_000;

async function run(
  request: GatewayGraphQLRequestContext,
  input: GatewayInterfaceInput,
): Promise<GatewayExecutionResult> {
  const incoming = readIncoming(request, input);
  const given = input.recordOf?.(request);
  const record = given ?? begin(incoming.headers);
  input.onRequest?.(incoming.headers, request);
  try {
    const { body, cache } = await answer(incoming, input.parts, record);
    if (!given) record.responseBytes = Buffer.byteLength(body);
    if (cache && record.operationKind === 'query') restrictCaching(request, cache, record);
    if (body.length < largeAnswer) return readResult(body);
    // Apollo Server writes it once more, in one piece: each of these has a turn of the event loop of its own.
    await setImmediate();
    const result = readResult(body);
    await setImmediate();
    return result;
  } catch (caught) {
    const error = toGatewayError(caught);
    const { message, visibility, status } = errorCatalogue[error.code];
    record.errorCode = error.code;
    record.errorCount = error.errors.length;
    if (!given) record.status = status;
    if (visibility === 'public') {
      return { errors: error.errors.map((each) => toGraphQLError(each, status)) };
    }
    input.log.error({ requestId: record.id, err: error.cause ?? error }, 'request failed');
    const extensions = { code: error.code, id: record.id };
    return { errors: [toGraphQLError({ message, extensions }, status)] };
  } finally {
    passHeaders(request, record);
    if (!given) end(record);
  }
}

/** Apollo Server's listener is not ours: a request begins where we get it, and ends when its answer is handed back. */
function begin(headers: IncomingHeaders): RequestRecord {
  const record = createRequestRecord(randomUUID(), headers);
  record.status = 200;
  if (arrivalChannel.hasSubscribers) arrivalChannel.publish({ record, headers });
  return record;
}

function end(record: RequestRecord): void {
  if (outcomeChannel.hasSubscribers) outcomeChannel.publish(record);
  if (requestChannel.hasSubscribers) requestChannel.publish(record);
}

/** Headers that steps have added. A name may come twice (RFC 9110 §5.3). */
function passHeaders(
  { response }: GatewayGraphQLRequestContext,
  { responseHeaders = [] }: RequestRecord,
): void {
  const headers = response?.http?.headers;
  for (let at = 0; headers && at + 1 < responseHeaders.length; at += 2) {
    const [name = '', value = ''] = responseHeaders.slice(at, at + 2);
    const before = headers.get(name);
    headers.set(name, before === null || before === undefined ? value : `${before}, ${value}`);
  }
}

/** Apollo Server writes Cache-Control from this, and "no-store" where nobody says anything. */
function restrictCaching(
  { overallCachePolicy }: GatewayGraphQLRequestContext,
  { maxAgeSeconds, isPrivate }: CachePolicy,
  { identityKind }: RequestRecord,
): void {
  const scope = isPrivate || identityKind !== 'anonymous' ? 'PRIVATE' : 'PUBLIC';
  overallCachePolicy.restrict({ maxAge: maxAgeSeconds, scope });
}

function readIncoming(
  { request, source }: GatewayGraphQLRequestContext,
  { requestTimeoutMs, isResolved = false }: GatewayInterfaceInput,
): IncomingOperation {
  return {
    query: source,
    isResolved,
    operationName: request.operationName,
    variables: request.variables,
    extensions: request.extensions,
    // Apollo Server has seen to it that GET runs queries only.
    method: 'POST',
    headers: Object.fromEntries(request.http?.headers ?? []),
    // Apollo Server does not tell when its client leaves.
    signal: new AbortController().signal,
    deadline: createDeadline(requestTimeoutMs),
  };
}

interface AnswerBody {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly GraphQLFormattedError[];
  readonly extensions?: Record<string, unknown>;
}

/** Integers that no double holds stay whole, as an ExactNumber (decision 0033). */
function parseAnswer(body: string): AnswerBody {
  if (!/\d{16}/.test(body)) return JSON.parse(body) as AnswerBody;
  return JSON.parse(markLargeIntegers(body), (_key, value: unknown) =>
    typeof value === 'string' ? (readMarked(value) ?? value) : value,
  ) as AnswerBody;
}

function readResult(body: string): GatewayExecutionResult {
  const { data, errors, extensions } = parseAnswer(body);
  return {
    ...(data === undefined ? {} : { data }),
    ...(errors ? { errors: errors.map((error) => toGraphQLError(error)) } : {}),
    ...(extensions ? { extensions } : {}),
  };
}

/** @param status HTTP status for Apollo Server to answer with, when the error refuses the request */
export function toGraphQLError(error: GraphQLFormattedError, status?: number): GraphQLError {
  const http = status === undefined ? {} : { http: { status } };
  return new GraphQLError(error.message, {
    ...(error.path ? { path: error.path } : {}),
    extensions: { ...error.extensions, ...http },
  });
}
