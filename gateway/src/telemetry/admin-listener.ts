import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the health addresses answer: the same as those for clients. */
export interface HealthAnswers {
  readonly liveness: () => HealthAnswer;
  readonly readiness: () => HealthAnswer;
}

interface HealthAnswer {
  readonly status: number;
  readonly body: string;
}

export interface AdminListenerOptions extends HealthAnswers {
  readonly host: string;
  readonly port: number;
  /** The text of `/metrics`. */
  readonly metrics: () => Promise<{ readonly contentType: string; readonly body: string }>;
  /** The JSON of `/state`. */
  readonly state: () => string;
}

export interface AdminListener {
  /** Such as `http://127.0.0.1:9464`. */
  readonly url: string;
  stop(): Promise<void>;
}

const index = `Trellis gateway
/metrics       for Prometheus
/health/live   whether the process lives
/health/ready  whether to send traffic here
/state         supergraph, caches and subgraphs at this moment
`;

/**
 * Listens for those who watch, apart from clients.
 * @throws Error when the address is taken or not ours, saying what to do
 */
export async function listenForAdmins(options: AdminListenerOptions): Promise<AdminListener> {
  const server = createServer(
    { requestTimeout: 10_000, headersTimeout: 5_000 },
    (request, response) => {
      answer(request, options).then(
        (reply) => write(response, reply),
        (error: Error) => write(response, { status: 500, body: `${error.message}\n` }),
      );
    },
  );
  await bind(server, options);
  const { address, family, port } = server.address() as AddressInfo;
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
        // A scrape takes milliseconds; what is still there then does not read.
        setTimeout(() => server.closeAllConnections(), 500).unref();
      }),
  };
}

interface Reply {
  readonly status: number;
  readonly body: string;
  readonly contentType?: string;
  readonly allow?: string;
}

const json = 'application/json; charset=utf-8';

async function answer(request: IncomingMessage, options: AdminListenerOptions): Promise<Reply> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return { status: 405, body: 'Only GET is answered here.\n', allow: 'GET, HEAD' };
  }
  const path = (request.url ?? '/').split('?', 1)[0];
  switch (path) {
    case '/':
      return { status: 200, body: index };
    case '/metrics':
      return { status: 200, ...(await options.metrics()) };
    case '/health/live':
      return { ...options.liveness(), contentType: json };
    case '/health/ready':
      return { ...options.readiness(), contentType: json };
    case '/state':
      return { status: 200, body: options.state(), contentType: json };
    default:
      return { status: 404, body: `There is nothing at this address.\n\n${index}` };
  }
}

function write(response: ServerResponse, reply: Reply): void {
  response.writeHead(reply.status, {
    'content-type': reply.contentType ?? 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(reply.allow === undefined ? {} : { allow: reply.allow }),
  });
  response.end(response.req.method === 'HEAD' ? undefined : reply.body);
}

function bind(server: Server, { host, port }: AdminListenerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason =
        error.code === 'EADDRINUSE'
          ? `port ${port} is taken`
          : `${host} port ${port}: ${error.message}`;
      const hint = 'Choose another with telemetry.listen in gateway.yaml, or TELEMETRY_PORT';
      reject(new Error(`Metrics cannot be served: ${reason}. ${hint}`, { cause: error }));
    });
    server.listen(port, host, () => {
      server.removeAllListeners('error');
      resolve();
    });
  });
}
