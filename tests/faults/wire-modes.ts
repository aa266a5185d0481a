import type { Exchange, Mode } from './faulty-subgraph.ts';

/** Where the mode `redirect` points, and with which status. */
export const redirectTarget: { url?: string; status?: number } = {};

let flaps = 0;

/** How long a drip takes from byte to byte. */
const dripMs = 250;

function withStatus(status: number, headers: Record<string, string>, body?: string): Mode {
  return ({ response, right }) => {
    response.writeHead(status, headers);
    response.end(body ?? JSON.stringify(right));
  };
}

function text({ right }: Exchange): string {
  return JSON.stringify(right);
}

function hang(): void {
  // Nothing is ever answered.
}

function hangAfterHeaders({ response }: Exchange): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.flushHeaders();
}

function drip(exchange: Exchange): void {
  const { response } = exchange;
  response.writeHead(200, { 'content-type': 'application/json' });
  const bytes = [...Buffer.from(text(exchange))];
  const timer = setInterval(() => {
    const next = bytes.shift();
    if (next === undefined) response.end();
    else response.write(Buffer.from([next]));
  }, dripMs);
  response.on('close', () => clearInterval(timer));
}

/** Faults below the body: sockets, framing, status (rows A of the matrix). */
export const wireModes: Readonly<Record<string, Mode>> = {
  reset: ({ request }) => request.socket.resetAndDestroy(),
  hang,
  // Three faults at once, so that their deadlines run side by side: the alias of the field says which.
  silent: (exchange) => {
    if (exchange.query.includes('afterHeaders:')) hangAfterHeaders(exchange);
    else if (exchange.query.includes('drip:')) drip(exchange);
    else hang();
  },
  slow: (exchange) => void setTimeout(() => exchange.reply(text(exchange)), 400),
  // One field path fails, the others are well.
  'no-labels': (exchange) => {
    if (exchange.query.includes('label')) exchange.response.writeHead(503).end();
    else exchange.reply(text(exchange));
  },
  redirect: ({ request, response }) => {
    response.writeHead(redirectTarget.status ?? 307, {
      location: redirectTarget.url ?? `http://${request.headers.host}/`,
    });
    response.end();
  },
  flap: (exchange) => {
    flaps += 1;
    if (flaps % 2 === 0) exchange.reply(text(exchange));
    else exchange.request.socket.resetAndDestroy();
  },
  'half-closed': (exchange) => {
    const body = text(exchange);
    const { socket } = exchange.request;
    socket.write(
      `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`,
    );
    socket.end(body.slice(0, body.length / 2));
  },
  'cut-chunked': (exchange) => {
    const half = text(exchange).slice(0, 20);
    const { socket } = exchange.request;
    socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
    socket.end(`${half.length.toString(16)}\r\n${half}\r\n`);
  },
  'not-http': ({ request }) => request.socket.end('SSH-2.0-OpenSSH_9.2 10.0.0.7\r\n'),
  'tls-alert': ({ request }) => request.socket.end(Buffer.from([21, 3, 3, 0, 2, 2, 40])),
  'keepalive-stale': (exchange) => {
    exchange.reply(text(exchange));
    setTimeout(() => exchange.request.socket.destroy(), 40);
  },
  'http500-graphql': withStatus(500, { 'content-type': 'application/json' }),
  'http500-text': withStatus(500, { 'content-type': 'text/plain' }, 'at db-7.internal:5432'),
  'http502-html': withStatus(502, { 'content-type': 'text/html' }, '<h1>nginx at 10.0.0.7</h1>'),
  http503: withStatus(503, { 'content-type': 'text/plain' }, 'no upstream 10.0.0.7'),
  http429: withStatus(429, { 'retry-after': '60' }, 'slow down, 10.0.0.7'),
  http401: withStatus(401, { 'www-authenticate': 'Basic realm="internal"' }, 'who are you'),
  http403: withStatus(403, {}, 'forbidden by 10.0.0.7'),
  http404: withStatus(404, {}, 'no such path /internal'),
  http204: withStatus(204, {}, ''),
};
