import { ApolloServer, type BaseContext } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import type { Logger } from '@trellis/platform/log';
import type { GraphQLFormattedError } from 'graphql';
import { fastify, type FastifyError, type FastifyInstance } from 'fastify';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  arrivalChannel,
  createRequestRecord,
  outcomeChannel,
  requestChannel,
  type RequestRecord,
} from '../channels.ts';
import type { GatewayConfig } from '../config.ts';
import { errorCatalogue, GatewayError } from '../errors.ts';
import type { ReadClientAddress } from '../http/client-address.ts';
import type { Cors } from '../http/cors.ts';
import type { GraphqlEndpoint } from '../http/graphql-endpoint.ts';
import type { Health } from '../http/health.ts';
import { jsonType } from '../http/negotiate.ts';
import { tellRepeatedCredentials } from '../http/repeated-credentials.ts';
import { securityHeaders, strictTransportSecurity } from '../http/security-headers.ts';
import { formatRefusal, toGatewayError } from '../http/write-json.ts';
import type { Graph, Parts } from '../pipeline.ts';
import type { CurrentSupergraph } from '../supergraph/current.ts';
import type { IncomingHeaders } from '../incoming-headers.ts';
import { createRequestCheck, type RequestCheck } from './check-request.ts';
import { createGatewayInterface } from './gateway-interface.ts';

export interface ApolloEndpointOptions {
  readonly config: GatewayConfig;
  readonly parts: Parts;
  readonly supergraph: CurrentSupergraph<Graph>;
  readonly cors: Cors;
  readonly readClientAddress: ReadClientAddress | undefined;
  /** Whether not everybody may see all of the schema. */
  readonly hasRules: () => boolean;
  readonly health: Health;
  readonly isProduction: boolean;
  readonly log: Logger;
}

interface Context extends BaseContext {
  readonly record: RequestRecord | undefined;
}

/** Answers GraphQL with Apollo Server on Fastify behind our listener: the compatible way where ours is the fast one. */
export async function createApolloEndpoint(options: ApolloEndpointOptions): Promise<{
  readonly graphql: GraphqlEndpoint;
  stop(): Promise<void>;
}> {
  const { config, cors, health } = options;
  const records = new WeakMap<IncomingMessage, RequestRecord>();
  const server = createApolloServer(options);
  const check = createRequestCheck(options);
  const app = await mount(server, { maxBodyBytes: config.http.maxBodyBytes, records, check });

  return {
    async graphql(request, response) {
      tellRepeatedCredentials(request);
      const incomingHeaders = request.headers as IncomingHeaders;
      const record = createRequestRecord(randomUUID(), incomingHeaders);
      record.clientAddress = options.readClientAddress?.(request);
      if (arrivalChannel.hasSubscribers)
        arrivalChannel.publish({ record, headers: incomingHeaders });
      records.set(request, record);
      const { origin } = request.headers;
      const isPreflight = request.method === 'OPTIONS';
      const asked = request.headers['access-control-request-headers'];
      const headers =
        isPreflight && origin !== undefined
          ? cors.preflightHeaders(origin, asked)
          : cors.headersFor(origin);
      setHeaders(response, headers);
      if (isPreflight) {
        response.writeHead(204, { allow: 'GET, POST, OPTIONS' }).end();
        return;
      }
      response.setHeader('x-request-id', record.id);
      setHeaders(response, [
        'cache-control',
        'no-store',
        ...securityHeaders,
        ...strictTransportSecurity(config.http.strictTransportSecuritySeconds),
      ]);
      if (health.isStopping()) response.setHeader('connection', 'close');
      response.on('close', () => {
        const hasLeft = !response.writableFinished;
        record.status = hasLeft ? errorCatalogue.CLIENT_CLOSED_REQUEST.status : response.statusCode;
        record.responseBytes = Number(response.getHeader('content-length') ?? 0);
        if (outcomeChannel.hasSubscribers) outcomeChannel.publish(record);
        if (requestChannel.hasSubscribers) requestChannel.publish(record);
      });
      const closed = new Promise<void>((resolve) => response.once('close', resolve));
      app.routing(request, response);
      await closed;
    },
    async stop() {
      await server.stop();
      await app.close();
    },
  };
}

function setHeaders(response: ServerResponse, headers: readonly string[]): void {
  for (let at = 0; at + 1 < headers.length; at += 2) {
    response.setHeader(headers[at] ?? '', headers[at + 1] ?? '');
  }
}

/** graphql-js ends what it says of an unknown name with those it may have been. */
function withoutSuggestions(error: GraphQLFormattedError): GraphQLFormattedError {
  return { ...error, message: error.message.replace(/ Did you mean .+\?$/s, '') };
}

function createApolloServer(options: ApolloEndpointOptions): ApolloServer<Context> {
  const { config, isProduction, log, parts, supergraph } = options;
  return new ApolloServer<Context>({
    gateway: createGatewayInterface({
      parts,
      supergraph,
      log,
      requestTimeoutMs: config.http.requestTimeoutMs,
      isResolved: true,
      recordOf: ({ context }) => (context as Context).record,
      // The parts belong to the process and are stopped with it.
      stop: () => Promise.resolve(),
    }),
    introspection: config.operation.introspection ?? !isProduction,
    hideSchemaDetailsFromClientErrors: !(config.operation.suggestions ?? !isProduction),
    // Apollo Server suggests names of the whole schema, whoever asks. Rules may come with the next supergraph.
    formatError: (error) => (options.hasRules() ? withoutSuggestions(error) : error),
    includeStacktraceInErrorResponses: false,
    csrfPrevention: config.http.csrfPrevention,
    allowBatchedHttpRequests: false,
    persistedQueries: false,
    stopOnTerminationSignals: false,
    logger: {
      debug: () => undefined,
      info: () => undefined,
      warn: (text) => log.warn(String(text)),
      error: (text) => log.error(String(text)),
    },
  });
}

interface MountOptions {
  readonly maxBodyBytes: number;
  readonly records: WeakMap<IncomingMessage, RequestRecord>;
  readonly check: RequestCheck;
}

async function mount(
  server: ApolloServer<Context>,
  options: MountOptions,
): Promise<FastifyInstance> {
  await server.start();
  const app = fastify({ logger: false, bodyLimit: options.maxBodyBytes });
  const handler = fastifyApolloHandler(server, {
    context: async (request) => ({ record: options.records.get(request.raw) }),
  });
  app.removeContentTypeParser('text/plain');
  app.addHook('onRequest', async (request) => options.check.checkHead(request));
  app.addHook('preHandler', async (request) => options.check.checkOperation(request));
  for (const url of ['/', '/graphql']) {
    app.route({
      url,
      method: ['GET', 'POST', 'HEAD', 'PUT', 'DELETE', 'PATCH'],
      exposeHeadRoute: false,
      handler,
    });
  }
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const refusal = refuse(error);
    const record = options.records.get(request.raw);
    const id = record?.id ?? '';
    if (record) {
      record.errorCode = refusal.code;
      record.errorCount = refusal.errors.length;
    }
    if (refusal.code === 'METHOD_NOT_ALLOWED') void reply.header('allow', 'GET, POST');
    return reply
      .status(refusal.status)
      .header('content-type', jsonType)
      .send(formatRefusal(refusal, id));
  });
  await app.ready();
  return app;
}

/** Fastify's own refusals, in the form of ours. */
function refuse(error: FastifyError): GatewayError {
  if (error instanceof GatewayError) return error;
  switch (error.statusCode) {
    case 400:
      return new GatewayError('BAD_REQUEST', 'The request body is not JSON.');
    case 413:
      return new GatewayError('BODY_TOO_LARGE');
    case 415:
      return new GatewayError('UNSUPPORTED_MEDIA_TYPE');
    default:
      return toGatewayError(error);
  }
}
