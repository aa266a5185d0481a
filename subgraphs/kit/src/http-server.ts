import type { ApolloServer } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import { errorCodes } from '@trellis/platform/error-codes';
import type { Logger } from '@trellis/platform/log';
import { wireHeaders } from '@trellis/platform/wire-headers';
import {
  fastify,
  LogController,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import type { ListenOptions } from './listen-options.ts';
import { first, readRequestScope, type RequestScope } from './request-scope.ts';
import { sendWithinDeadline } from './send-within-deadline.ts';
import type { SignedHop } from './signed-hop.ts';
import type { RequestSpans } from './tracing/request-spans.ts';

export interface HttpServerParts<Context extends RequestScope> {
  readonly name: string;
  readonly apollo: ApolloServer<Context>;
  readonly log: Logger;
  readonly signedHop: SignedHop;
  readonly limits: ListenOptions;
  readonly createContext: (request: RequestScope) => Context | Promise<Context>;
  readonly checkReadiness: () => Promise<void>;
  /** Absent unless spans are exported. */
  readonly spans: RequestSpans | undefined;
}

/** What the hook before a GraphQL request leaves for its answer. */
interface Admitted {
  scope: RequestScope;
  /** Ends the request's signal: when it has been answered, or is not worth answering any more. */
  abort: (reason?: Error) => void;
}

/** Makes the HTTP face of a subgraph; it does not listen yet. */
export async function createHttpServer<Context extends RequestScope>(
  parts: HttpServerParts<Context>,
): Promise<FastifyInstance> {
  const app = fastify({
    loggerInstance: parts.log as never,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: parts.limits.maxBodyBytes,
    // The gateway keeps connections; one that is closed while a request is on its way costs that request.
    keepAliveTimeout: 75_000,
    forceCloseConnections: 'idle',
  }) as unknown as FastifyInstance;
  app.setErrorHandler((error: Error & { statusCode?: number; code?: string }, _request, reply) =>
    sendError(reply, error.statusCode ?? 500, errorFor(error)),
  );
  app.setNotFoundHandler((_request, reply) =>
    sendError(reply, 404, {
      message: 'Nothing is here. GraphQL is at /graphql.',
      code: errorCodes.notFound,
    }),
  );
  addHealthRoutes(app, parts);
  await app.register((graphql) => addGraphqlRoutes(graphql, parts));
  return app;
}

/** Tells callers to come elsewhere as soon as stopping begins: by readiness, and by closing connections that were busy then. */
function announceStopping(app: FastifyInstance): () => boolean {
  let isStopping = false;
  app.addHook('preClose', (done) => {
    isStopping = true;
    done();
  });
  app.addHook('onSend', (_request, reply, payload, done) => {
    // Else the server would wait for the caller's keep-alive to run out (RFC 9112 §9.6).
    if (isStopping) void reply.header('connection', 'close');
    done(null, payload);
  });
  return () => isStopping;
}

function addHealthRoutes<Context extends RequestScope>(
  app: FastifyInstance,
  { name, checkReadiness }: HttpServerParts<Context>,
): void {
  const isStopping = announceStopping(app);
  app.get('/health/live', () => ({ status: 'live', name }));
  app.get('/health/ready', async (_request, reply) => {
    try {
      if (isStopping()) throw new Error('it is stopping');
      await checkReadiness();
      return { status: 'ready', name };
    } catch (error) {
      return reply
        .code(503)
        .send({ status: 'unavailable', name, reason: (error as Error).message });
    }
  });
}

async function addGraphqlRoutes<Context extends RequestScope>(
  app: FastifyInstance,
  parts: HttpServerParts<Context>,
): Promise<void> {
  const admitted = new WeakMap<FastifyRequest, Admitted>();
  const answer = fastifyApolloHandler<Context>(parts.apollo, {
    context: async (request) => parts.createContext(admittedOf(request as FastifyRequest).scope),
  }) as unknown as (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

  app.addHook('onRequest', async (request, reply) => {
    try {
      admitted.set(request, admit(request, parts));
    } catch (error) {
      parts.log.warn({ reason: (error as Error).message, ip: request.ip }, 'refused a request');
      return sendError(reply, 401, refusal);
    }
    return undefined;
  });
  app.addHook('onResponse', (request, _reply, done) => {
    admitted.get(request)?.abort();
    done();
  });
  const route = {
    method: ['GET', 'POST'],
    handler: (request: FastifyRequest, reply: FastifyReply) => {
      const own = admittedOf(request);
      const send = (): Promise<unknown> =>
        sendWithinDeadline(reply, own, () => answer(request, reply));
      return parts.spans ? parts.spans.around(own.scope, () => reply.statusCode, send) : send();
    },
  };
  app.route({ ...route, url: '/graphql' });
  app.route({ ...route, url: '/' });

  function admittedOf(request: FastifyRequest): Admitted {
    const found = admitted.get(request);
    if (!found) throw new Error('A request came to its answer without being let in');
    return found;
  }
}

const refusal = {
  message: 'This subgraph answers only its gateway.',
  code: errorCodes.wireRefused,
};

/** @throws Error when the caller is not the gateway */
function admit<Context extends RequestScope>(
  request: FastifyRequest,
  { signedHop, log, limits }: HttpServerParts<Context>,
): Admitted {
  const identity = signedHop.verify(first(request.headers[wireHeaders.identity]));
  const controller = new AbortController();
  const scope = readRequestScope(request.headers, {
    identity,
    log,
    signal: controller.signal,
    maxDurationMs: limits.maxRequestMs,
  });
  return { scope, abort: (reason) => controller.abort(reason) };
}

function errorFor(error: Error & { statusCode?: number; code?: string }): {
  message: string;
  code: string;
} {
  if ((error.statusCode ?? 500) < 500) {
    return { message: error.message, code: errorCodes.badUserInput };
  }
  return { message: 'Something went wrong inside.', code: errorCodes.internal };
}

function sendError(
  reply: FastifyReply,
  status: number,
  { message, code }: { message: string; code: string },
): FastifyReply {
  return reply.code(status).send({ errors: [{ message, extensions: { code } }] });
}
