import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createDeadline } from '@trellis/platform/deadline';
import type { Logger } from '@trellis/platform/log';
import type { z } from 'zod';
import {
  arrivalChannel,
  createRequestRecord,
  outcomeChannel,
  requestChannel,
  type RequestRecord,
} from '../channels.ts';
import { errorCatalogue, GatewayError } from '../errors.ts';
import type { Answer, IncomingOperation } from '../request.ts';
import type { IncomingHeaders } from '../incoming-headers.ts';
import { joinOutcomes, readBatch } from './batch.ts';
import { ClientPresence } from './client-presence.ts';
import type { ReadClientAddress } from './client-address.ts';
import type { Cors } from './cors.ts';
import { assertJsonOrNoType, assertPreflighted } from './csrf.ts';
import { jsonType, negotiate, type ResponseType } from './negotiate.ts';
import type { httpOptions } from './options.ts';
import { describeAnswer, refuse, type Outcome } from './outcome.ts';
import { checkParameters, readGet, readPost, type RequestParameters } from './parse-request.ts';
import { tellRepeatedCredentials } from './repeated-credentials.ts';
import { securityHeaders, strictTransportSecurity } from './security-headers.ts';
import { toGatewayError, writeJson } from './write-json.ts';

export type AnswerOperation = (
  incoming: IncomingOperation,
  record: RequestRecord,
) => Promise<Answer>;

export interface GraphqlEndpointOptions {
  readonly http: z.output<typeof httpOptions>;
  readonly cors: Cors;
  readonly answer: AnswerOperation;
  /** Request headers that can change an answer: caches must not give it to those who send others. */
  readonly variesBy: readonly string[];
  /** Where requests come from; absent where nobody wants to know. */
  readonly readClientAddress?: ReadClientAddress | undefined;
  /** Whether the process is stopping: then connections end with the answer they wait for. */
  readonly isStopping: () => boolean;
  readonly log: Logger;
}

/** What all operations of one request have in common. */
interface Common extends Pick<IncomingOperation, 'method' | 'headers' | 'signal' | 'deadline'> {
  readonly type: ResponseType;
}

export type GraphqlEndpoint = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Returns the function that answers GraphQL over HTTP (GraphQL over HTTP, working draft of 2025). Never rejects. */
export function createGraphqlEndpoint(options: GraphqlEndpointOptions): GraphqlEndpoint {
  const { http, cors, log } = options;
  const vary = ['vary', options.variesBy.join(', ')];
  const constantHeaders = [
    ...securityHeaders,
    ...strictTransportSecurity(http.strictTransportSecuritySeconds),
  ];

  async function run(
    request: IncomingMessage,
    signal: ClientPresence,
    record: RequestRecord,
  ): Promise<Outcome> {
    const headers = request.headers as IncomingHeaders;
    const type = negotiate(headers['accept']);
    try {
      if (type === undefined) throw new GatewayError('NOT_ACCEPTABLE');
      const parameters =
        request.method === 'POST'
          ? checkBody(await readPost(request, http), http)
          : readQueryString(request, http);
      const deadline = createDeadline(http.requestTimeoutMs);
      const method = request.method as 'GET' | 'POST';
      const common = { method, headers, signal, deadline, type };
      if (Array.isArray(parameters)) return await runBatch(parameters, common, record);
      const answer = await answerOne(parameters as RequestParameters, common, record);
      return describeAnswer(answer, type, { record, vary });
    } catch (caught) {
      return fail(caught, type ?? jsonType, record);
    }
  }

  function answerOne(
    { query, documentId, operationName, variables, extensions }: RequestParameters,
    { method, headers, signal, deadline }: Common,
    record: RequestRecord,
  ): Promise<Answer> {
    return options.answer(
      {
        query,
        documentId,
        operationName,
        variables,
        extensions,
        method,
        headers,
        signal,
        deadline,
      },
      record,
    );
  }

  /** Every operation of a batch walks alone, as if it had come alone. */
  async function runBatch(
    batch: readonly unknown[],
    common: Common,
    record: RequestRecord,
  ): Promise<Outcome> {
    const { headers, type } = common;
    const outcomes = await Promise.all(
      batch.map(async (item, at) => {
        const own = createRequestRecord(`${record.id}.${at}`, headers);
        own.clientAddress = record.clientAddress;
        if (arrivalChannel.hasSubscribers) arrivalChannel.publish({ record: own, headers });
        let outcome: Outcome;
        try {
          const answer = await answerOne(checkParameters(item), common, own);
          outcome = describeAnswer(answer, type, { record: own, vary });
        } catch (caught) {
          outcome = fail(caught, type, own);
        }
        record.errorCount += own.errorCount;
        record.responseHeaders = own.responseHeaders ?? record.responseHeaders;
        publishEnd(own, outcome.status, outcome.body.length);
        return outcome;
      }),
    );
    return joinOutcomes(outcomes, type);
  }

  function fail(caught: unknown, type: ResponseType, record: RequestRecord): Outcome {
    const error = toGatewayError(caught);
    if (errorCatalogue[error.code].visibility === 'internal') {
      log.error({ requestId: record.id, err: error.cause ?? error }, 'request failed');
    }
    record.errorCode = error.code;
    record.errorCount = error.errors.length;
    return refuse(error, type, record.id);
  }

  return async function serveGraphql(request, response) {
    const { origin } = request.headers;
    if (request.method === 'OPTIONS') {
      writePreflight(request, response, cors);
      return;
    }
    tellRepeatedCredentials(request);
    const headers = request.headers as IncomingHeaders;
    const record = createRequestRecord(readRequestId(headers['x-request-id']), headers);
    record.clientAddress = options.readClientAddress?.(request);
    if (arrivalChannel.hasSubscribers) arrivalChannel.publish({ record, headers });
    const presence = new ClientPresence();
    response.on('close', () => {
      if (!response.writableFinished) presence.leave();
    });
    const outcome = await run(request, presence, record);
    if (response.destroyed) {
      publishEnd(record, errorCatalogue.CLIENT_CLOSED_REQUEST.status, 0);
      return;
    }
    const corsHeaders = cors.headersFor(origin);
    const size = writeJson(response, {
      // Copying the outcome as a whole would make an object of an unknown kind each time.
      status: outcome.status,
      type: outcome.type,
      body: outcome.body,
      bytes: outcome.bytes,
      requestId: record.id,
      cacheControl: outcome.cacheControl,
      constantHeaders,
      headers: joinHeaders(corsHeaders, outcome.headers, record.responseHeaders),
      closes: outcome.closes === true || options.isStopping(),
    });
    if (outcome.closes) endUnread(request);
    publishEnd(record, outcome.status, size);
  };
}

const noHeaders: readonly string[] = [];

/** Most answers have none, or those of one origin. */
function joinHeaders(
  cors: readonly string[],
  outcome: readonly string[] = noHeaders,
  steps: readonly string[] = noHeaders,
): readonly string[] {
  return outcome.length + steps.length === 0 ? cors : [...cors, ...outcome, ...steps];
}

function publishEnd(record: RequestRecord, status: number, responseBytes: number): void {
  record.status = status;
  record.responseBytes = responseBytes;
  if (outcomeChannel.hasSubscribers) outcomeChannel.publish(record);
  if (requestChannel.hasSubscribers) requestChannel.publish(record);
}

function checkBody(
  body: unknown,
  http: z.output<typeof httpOptions>,
): RequestParameters | readonly unknown[] {
  return Array.isArray(body) ? readBatch(body, http.batching) : checkParameters(body);
}

function readQueryString(
  request: IncomingMessage,
  http: z.output<typeof httpOptions>,
): RequestParameters {
  if (request.method !== 'GET') {
    throw new GatewayError('METHOD_NOT_ALLOWED', 'GraphQL is asked with POST or GET.');
  }
  assertJsonOrNoType(request.headers as IncomingHeaders);
  if (http.csrfPrevention) assertPreflighted(request.headers as IncomingHeaders);
  return readGet(request.url ?? '', http);
}

/** A request id from a proxy in front is kept if it is harmless in a log; otherwise the request gets its own. */
function readRequestId(header: string | string[] | undefined): string {
  return typeof header === 'string' && /^[\w.:-]{1,64}$/.test(header) ? header : randomUUID();
}

function writePreflight(request: IncomingMessage, response: ServerResponse, cors: Cors): void {
  const { origin } = request.headers;
  const requested = request.headers['access-control-request-headers'];
  const headers = origin === undefined ? [] : cors.preflightHeaders(origin, requested);
  response.writeHead(204, ['allow', 'GET, POST, OPTIONS', ...headers]);
  response.end();
}

/** How long a client that was refused may go on sending before its connection is cut. */
const drainMs = 500;

/** Reads away what the client still sends, for a moment: a connection cut at once would lose the refusal. */
function endUnread(request: IncomingMessage): void {
  request.resume();
  const cut = setTimeout(() => request.destroy(), drainMs).unref();
  request.once('close', () => clearTimeout(cut));
}
