import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { buildConnector, type Dispatcher } from 'undici';
import { RequestHeaders } from '../request-headers.ts';
import { ConnectionPool, type ConnectionPoolOptions } from './connection-pool.ts';

/** Answers each request, given as text, on the socket it came by. */
type Respond = (request: string, socket: Socket) => void;

const ok = (body: string): string =>
  `HTTP/1.1 200 OK\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

interface Subgraph {
  readonly pool: ConnectionPool;
  readonly sockets: Socket[];
}

async function start(
  respond: Respond,
  options: Partial<ConnectionPoolOptions> = {},
): Promise<Subgraph> {
  const sockets: Socket[] = [];
  const server: Server = createServer((socket) => {
    sockets.push(socket);
    let text = '';
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      text += chunk.toString('utf8');
      const [head = '', body = ''] = text.split('\r\n\r\n');
      const length = Number(/content-length: (\d+)/.exec(head)?.[1]);
      if (Buffer.byteLength(body) < length) return;
      const request = text;
      text = '';
      respond(request, socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const pool = new ConnectionPool(new URL(`http://127.0.0.1:${port}/graphql`), {
    maxConnections: 10,
    maxIdleMs: 60_000,
    maxAgeMs: 60_000,
    connect: buildConnector({}),
    ...options,
  });
  closing.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  closing.push(() => pool.close());
  return { pool, sockets };
}

interface Outcome {
  readonly status: number;
  readonly body: string;
}

function post(
  pool: ConnectionPool,
  body = '{}',
  headers = new RequestHeaders(),
  onController: (controller: Dispatcher.DispatchController) => void = () => undefined,
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    let status = 0;
    const chunks: Buffer[] = [];
    pool.dispatch(
      { path: '/graphql', method: 'POST', headers, body },
      {
        onRequestStart: onController,
        onResponseStart: (_, code) => void (status = code),
        onResponseData: (_, chunk) => void chunks.push(chunk),
        onResponseEnd: () => resolve({ status, body: Buffer.concat(chunks).toString('utf8') }),
        onResponseError: (_, error) => reject(error),
      },
    );
  });
}

describe('ConnectionPool', () => {
  test('sends the request as it was given and returns the answer', async () => {
    let seen = '';
    const { pool } = await start((request, socket) => {
      seen = request;
      socket.write(ok('{"a":"é"}'));
    });
    const answer = await post(pool, '{"query":"ü"}', new RequestHeaders().addForeign('x-a', 'b'));
    expect(answer).toEqual({ status: 200, body: '{"a":"é"}' });
    expect(seen).toMatch(/^POST \/graphql HTTP\/1\.1\r\nhost: 127\.0\.0\.1:\d+\r\nx-a: b\r\n/);
    expect(seen.endsWith('content-length: 14\r\n\r\n{"query":"ü"}')).toBe(true);
  });

  test('uses one connection again and again', async () => {
    const { pool, sockets } = await start((_, socket) => socket.write(ok('{}')));
    for (let turn = 0; turn < 5; turn += 1) await post(pool);
    expect(sockets).toHaveLength(1);
  });

  test('gives everyone their own answer when all ask at once, over no more connections than allowed', async () => {
    const { pool, sockets } = await start(
      (request, socket) => {
        const body = request.split('\r\n\r\n')[1] ?? '';
        setTimeout(() => socket.write(ok(body)), Math.random() * 5);
      },
      { maxConnections: 4 },
    );
    const bodies = Array.from({ length: 100 }, (_, at) => `{"at":${at}}`);
    const answers = await Promise.all(bodies.map((body) => post(pool, body)));
    expect(answers.map(({ body }) => body)).toEqual(bodies);
    expect(sockets.length).toBeLessThanOrEqual(4);
  });

  test('never hands bytes that came uncalled to the next request', async () => {
    const { pool, sockets } = await start(
      (request, socket) => {
        const isFirst = request.includes('first');
        socket.write(
          isFirst ? ok('{"to":"first"}') + ok('{"to":"nobody"}') : ok('{"to":"second"}'),
        );
      },
      { maxConnections: 1 },
    );
    const both = await Promise.allSettled([post(pool, '"first"'), post(pool, '"second"')]);
    expect(both[0]).toMatchObject({ status: 'rejected' });
    expect(both[1]).toMatchObject({ value: { body: '{"to":"second"}' } });
    expect(sockets).toHaveLength(2);
  });

  test('fails the exchange, and no other, when the connection ends within an answer', async () => {
    const { pool } = await start((request, socket) => {
      if (request.includes('cut')) socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{');
      else socket.write(ok('{}'));
    });
    const [cut, whole] = await Promise.allSettled([post(pool, '"cut"'), post(pool)]);
    expect(cut).toMatchObject({ status: 'rejected', reason: { code: 'ECONNRESET' } });
    expect(whole).toMatchObject({ status: 'fulfilled' });
    expect(await post(pool)).toMatchObject({ status: 200 });
  });

  test('does not use a connection again after it was told to close', async () => {
    const { pool, sockets } = await start((_, socket) =>
      socket.write('HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}'),
    );
    await post(pool);
    await post(pool);
    expect(sockets).toHaveLength(2);
  });

  test('does not use a connection again once it is too old', async () => {
    const { pool, sockets } = await start((_, socket) => socket.write(ok('{}')), { maxAgeMs: 0 });
    await post(pool);
    await post(pool);
    expect(sockets).toHaveLength(2);
  });

  test('keeps to the idle time that the other side announces', async () => {
    const { pool, sockets } = await start((_, socket) =>
      socket.write('HTTP/1.1 200 OK\r\nkeep-alive: timeout=1\r\ncontent-length: 2\r\n\r\n{}'),
    );
    await post(pool);
    await post(pool);
    expect(sockets).toHaveLength(2);
  });

  test('ends the connection of an aborted exchange and serves those that wait', async () => {
    let controller: Dispatcher.DispatchController | undefined;
    const { pool } = await start(
      (request, socket) => {
        if (request.includes('never')) controller?.abort(new Error('enough'));
        else socket.write(ok('{}'));
      },
      { maxConnections: 1 },
    );
    const never = post(pool, '"never"', undefined, (given) => (controller = given));
    const next = post(pool);
    await expect(never).rejects.toThrow('enough');
    expect(await next).toMatchObject({ status: 200 });
  });

  test('an abort after the answer leaves the connection to whoever has it now', async () => {
    const { pool, sockets } = await start((_, socket) => socket.write(ok('{}')));
    let controller: Dispatcher.DispatchController | undefined;
    await post(pool, '{}', undefined, (given) => (controller = given));
    const second = post(pool);
    controller?.abort(new Error('late'));
    expect(await second).toMatchObject({ status: 200 });
    expect(sockets).toHaveLength(1);
  });

  test('fails every exchange when nobody listens', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const pool = new ConnectionPool(new URL(`http://127.0.0.1:${port}`), {
      maxConnections: 2,
      maxIdleMs: 1_000,
      maxAgeMs: 1_000,
      connect: buildConnector({}),
    });
    const outcomes = await Promise.allSettled([post(pool), post(pool), post(pool), post(pool)]);
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'ECONNREFUSED' } });
    }
    await pool.close();
  });

  test('finishes what is under way when it is closed, and takes nothing more', async () => {
    const { pool } = await start((_, socket) => setTimeout(() => socket.write(ok('{}')), 30));
    const underWay = post(pool);
    const closed = pool.close();
    await expect(post(pool)).rejects.toMatchObject({ code: 'TRELLIS_POOL_CLOSED' });
    expect(await underWay).toMatchObject({ status: 200 });
    await closed;
  });
});
