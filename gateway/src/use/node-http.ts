import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Server as NetServer, type AddressInfo, type Socket } from 'node:net';
import { GatewayError } from '../errors.ts';
import type { GraphqlEndpoint } from '../http/graphql-endpoint.ts';
import { liveness, readiness, type Health, type HealthAnswer } from '../http/health.ts';
import { jsonType, wantsPage } from '../http/negotiate.ts';
import { formatRefusal } from '../http/write-json.ts';
import type { listenOptions } from './options.ts';
import type { z } from 'zod';

export interface NodeHttpOptions {
  readonly listen: z.output<typeof listenOptions>;
  readonly graphql: GraphqlEndpoint;
  readonly health: Health;
  /** Pages of development; absent in production. */
  readonly pages: Pages | undefined;
}

export interface Pages {
  serveLandingPage(response: ServerResponse): Promise<void>;
  servePage(request: IncomingMessage, response: ServerResponse, path: string): Promise<boolean>;
}

export interface Listener {
  /** Such as `http://127.0.0.1:4000`. */
  readonly url: string;
  /** Stops accepting, lets requests under way finish, closes what is idle. */
  stop(): Promise<void>;
}

/** While stopping, idle connections are kept this long: a request may be on its way on one of them. */
const idleGraceMs = 100;

/**
 * Our own listener: node:http and nothing on top.
 * @throws Error when the address is taken or not ours, saying what to do
 */
export async function listenNodeHttp(options: NodeHttpOptions): Promise<Listener> {
  const { listen } = options;
  const server = createServer(
    {
      keepAlive: true,
      keepAliveTimeout: listen.keepAliveTimeoutMs,
      headersTimeout: listen.headersTimeoutMs,
      requestTimeout: listen.bodyTimeoutMs,
      connectionsCheckingInterval: 1_000,
    },
    (request, response) => route(request, response, options),
  );
  server.on('clientError', refuseMalformed);
  await bind(server, listen);
  return { url: formatUrl(server), stop: () => stopServer(server) };
}

function route(request: IncomingMessage, response: ServerResponse, options: NodeHttpOptions): void {
  const { url = '/' } = request;
  const mark = url.indexOf('?');
  const path = mark === -1 ? url : url.slice(0, mark);
  if (path === '/graphql' || path === '/') {
    const isPage = request.method === 'GET' && options.pages && wantsPage(request.headers.accept);
    if (isPage && options.pages) serve(options.pages.serveLandingPage(response), response);
    else void options.graphql(request, response);
    return;
  }
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
  response.writeHead(404, { 'content-type': jsonType, 'x-content-type-options': 'nosniff' });
  response.end(formatRefusal(error, ''));
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

const malformedStatus: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** What is no HTTP gets an answer all the same, in the form of every other refusal, and the connection ends. */
function refuseMalformed(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = malformedStatus[error.code ?? ''] ?? '400 Bad Request';
  const body = formatRefusal(new GatewayError('BAD_REQUEST', 'The request is not HTTP/1.1.'), '');
  socket.end(
    `HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-type: ${jsonType}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
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

/**
 * `http.Server.close` cuts idle connections at once, and with them a request that is just arriving. So the socket
 * is closed first, idle connections a moment later, and every answer meanwhile ends its connection.
 */
async function stopServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    NetServer.prototype.close.call(server, () => resolve());
  });
  const sweep = setInterval(() => server.closeIdleConnections(), idleGraceMs);
  await closed;
  clearInterval(sweep);
  // Ends the timer that checks connections for their timeouts.
  server.close(() => undefined);
}
