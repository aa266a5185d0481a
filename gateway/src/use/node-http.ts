import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from '@trellis/platform/log';
import { announce } from '../channels.ts';
import { GatewayError } from '../errors.ts';
import type { Cors } from '../http/cors.ts';
import type { GraphqlEndpoint } from '../http/graphql-endpoint.ts';
import { liveness, readiness, type Health, type HealthAnswer } from '../http/health.ts';
import { jsonType, wantsPage } from '../http/negotiate.ts';
import type { Pages } from '../http/pages.ts';
import { securityHeaders } from '../http/security-headers.ts';
import { formatRefusal } from '../http/write-json.ts';
import type { Admission } from '../overload/admission.ts';
import { limitConnections } from './connections.ts';
import type { listenOptions } from './options.ts';
import { refuseConnect, refuseMalformed } from './raw-refusal.ts';
import { stopServer } from './stop-server.ts';
import type { z } from 'zod';

export interface NodeHttpOptions {
  readonly listen: z.output<typeof listenOptions>;
  readonly graphql: GraphqlEndpoint;
  /** What lets pages of other origins read answers, refusals among them. */
  readonly cors: () => Cors;
  readonly health: Health;
  /** Pages of development; absent in production. */
  readonly pages: Pages | undefined;
  /** Who may come in; the listener counts and compares, the limit is moved by others. */
  readonly admission: Admission;
  /** How long an answer may take at most: a connection that waits for one is not idle. */
  readonly requestTimeoutMs: number;
  readonly log: Logger;
}

export interface Listener {
  /** Such as `http://127.0.0.1:4000`. */
  readonly url: string;
  /** Stops accepting, lets requests under way finish, closes what is idle. */
  stop(): Promise<void>;
}

/**
 * Our own listener: node:http and nothing on top.
 * @throws Error when the address is taken or not ours, saying what to do
 */
export async function listenNodeHttp(options: NodeHttpOptions): Promise<Listener> {
  const { listen, admission } = options;
  const route = createRoute(options);
  const server = createServer(
    {
      keepAlive: true,
      keepAliveTimeout: listen.keepAliveTimeoutMs,
      headersTimeout: listen.headersTimeoutMs,
      requestTimeout: listen.bodyTimeoutMs,
      connectionsCheckingInterval: Math.min(1_000, listen.headersTimeoutMs, listen.bodyTimeoutMs),
    },
    route,
  );
  // RFC 9110 §10.1.1: whoever expects what nobody knows may be answered all the same. Node would answer without a body.
  server.on('checkExpectation', route);
  // Node looks twice: at the first time it only remembers how much is still to be written.
  server.timeout = Math.max(listen.writeTimeoutMs / 2, options.requestTimeoutMs + 1_000);
  server.on('clientError', refuseMalformed);
  server.on('connect', (_request, socket) => refuseConnect(socket));
  await bind(server, listen);
  const connections = limitConnections(server, listen, options.log);
  return {
    url: formatUrl(server),
    async stop() {
      const { sockets } = connections;
      await stopServer({ server, sockets, countUnderWay: () => admission.underWay });
      connections.end();
    },
  };
}

type Route = (request: IncomingMessage, response: ServerResponse) => void;

function createRoute(options: NodeHttpOptions): Route {
  const { admission, pages } = options;
  const refuse = createOverloadRefusal(options);
  const release = (): void => {
    admission.underWay -= 1;
    admission.finished += 1;
  };
  const fail = (error: unknown): never => {
    release();
    throw error;
  };
  return function route(request, response) {
    const url = readPath(request);
    const mark = url.indexOf('?');
    const path = mark === -1 ? url : url.slice(0, mark);
    if (path !== '/graphql' && path !== '/') {
      routeOther(request, response, { path, options });
    } else if (admission.underWay >= admission.limit && request.method !== 'OPTIONS') {
      admission.shed += 1;
      announce({ event: 'shed', reason: admission.reason });
      refuse(request, response);
    } else if (pages && request.method === 'GET' && wantsPage(request.headers.accept)) {
      serve(pages.serveLandingPage(response), response);
    } else {
      admission.underWay += 1;
      void options.graphql(request, response).then(release, fail);
    }
  };
}

/** RFC 9112 §3.2.2: a server takes absolute addresses too, whatever host is in them. */
function readPath(request: IncomingMessage): string {
  const { url = '/' } = request;
  if (url.startsWith('/') || !/^https?:\/\//i.test(url)) return url;
  const start = url.slice('https://'.length).search(/[/?]/);
  const path = start === -1 ? '/' : url.slice(start + 'https://'.length);
  request.url = path.startsWith('/') ? path : `/${path}`;
  return request.url;
}

/**
 * Returns what refuses a request before anything of its body is read: one body, made once. A page is let read it, as it
 * would be let read an answer: otherwise its browser would tell it of a network error. For the same reason the question
 * of browsers whether a page may ask (OPTIONS) is always answered.
 */
function createOverloadRefusal({ admission, cors }: NodeHttpOptions): Route {
  const body = Buffer.from(formatRefusal(new GatewayError('OVERLOADED'), ''));
  const headers = [
    'content-type',
    jsonType,
    'content-length',
    String(body.length),
    'cache-control',
    'no-store',
    'x-content-type-options',
    'nosniff',
  ];
  return (request, response) => {
    const retryAfter = String(admission.retryAfterSeconds);
    const corsHeaders = cors().headersFor(request.headers.origin);
    response.writeHead(503, [...headers, 'retry-after', retryAfter, ...corsHeaders]);
    response.end(body);
  };
}

function routeOther(
  request: IncomingMessage,
  response: ServerResponse,
  { path, options }: { readonly path: string; readonly options: NodeHttpOptions },
): void {
  if (path === '/health/live') writeHealth(response, liveness());
  else if (path === '/health/ready') writeHealth(response, readiness(options.health));
  else serve(serveOther(request, response, { path, pages: options.pages }), response);
}

interface OtherRequest {
  readonly path: string;
  readonly pages: Pages | undefined;
}

async function serveOther(
  request: IncomingMessage,
  response: ServerResponse,
  { path, pages }: OtherRequest,
): Promise<void> {
  if (pages && (await pages.servePage(request, response, path))) return;
  const error = new GatewayError(
    'NOT_FOUND',
    'There is nothing at this address. GraphQL is at /graphql.',
  );
  const body = formatRefusal(error, '');
  response.writeHead(404, [
    'content-type',
    jsonType,
    'content-length',
    String(Buffer.byteLength(body)),
    'cache-control',
    'no-store',
    ...securityHeaders,
  ]);
  response.end(body);
}

function serve(work: Promise<void>, response: ServerResponse): void {
  work.catch(() => {
    if (!response.headersSent) response.writeHead(500);
    response.end();
  });
}

function writeHealth(response: ServerResponse, { status, body }: HealthAnswer): void {
  response.writeHead(status, { 'content-type': jsonType, 'cache-control': 'no-store' });
  response.end(body);
}

function bind(server: Server, { host, port }: z.output<typeof listenOptions>): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(explainBindError(error, host, port)),
    );
    server.listen(port, host, () => {
      server.removeAllListeners('error');
      resolve();
    });
  });
}

function explainBindError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: `Port ${port} is taken. Stop what listens there, or choose another with --port`,
    EACCES: `Port ${port} may not be opened by this user. Choose one above 1023 with --port`,
    EADDRNOTAVAIL: `${host} is no address of this machine. Choose another with --host`,
    ENOTFOUND: `${host} is no known host. Choose another with --host`,
  };
  return new Error(reasons[error.code ?? ''] ?? error.message, { cause: error });
}

function formatUrl(server: Server): string {
  const { address, family, port } = server.address() as AddressInfo;
  const host = address === '0.0.0.0' || address === '::' ? 'localhost' : address;
  return `http://${family === 'IPv6' && host !== 'localhost' ? `[${host}]` : host}:${port}`;
}
