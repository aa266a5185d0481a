import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readState } from '@trellis/gateway/state';
import { echoQuery } from './process/echo-subgraph.ts';
import { startGatewayHere, type GatewayHere } from './process/gateway-here.ts';
import { openSocket, sendRaw, until, writeRequest } from './process/raw-socket.ts';

const body = JSON.stringify({ query: echoQuery, variables: { n: 1 } });
const page = 'origin: https://shop.example';
const stranger = 'origin: https://elsewhere.example';
const preflight = [
  'OPTIONS /graphql HTTP/1.1',
  'host: localhost',
  page,
  'access-control-request-method: POST',
  'access-control-request-headers: content-type',
  'connection: close',
  '',
  '',
].join('\r\n');

interface Answer {
  readonly status: number | undefined;
  readonly origin: string | undefined;
  readonly retryAfter: string | undefined;
  readonly vary: string;
  /** Whether the page may read `Retry-After`. */
  readonly tellsWhen: boolean;
}

const may = { origin: 'https://shop.example', vary: expect.stringContaining('Origin') };
const mayNot = { origin: undefined, tellsWhen: false, vary: expect.stringContaining('Origin') };

describe.each(['trellis', 'apollo'] as const)(
  'refusals for web pages, with server: %s',
  (server) => {
    let gateway: GatewayHere;
    beforeAll(async () => {
      gateway = await startGatewayHere({
        server,
        overload: { maxRequests: 3 },
        http: { cors: { origins: ['https://shop.example'], exposeHeaders: ['RateLimit'] } },
        rateLimits: { operations: [{ name: 'Seldom', requests: 1, perSeconds: 600 }] },
      });
    });
    afterAll(() => gateway.stop());

    async function send(request: string): Promise<Answer> {
      const { text, statuses } = await sendRaw(gateway.port, request);
      const all = (name: string): string[] =>
        [...text.matchAll(new RegExp(`^${name}: (.*)\\r$`, 'gim'))].map(([, value]) => value ?? '');
      const exposed = all('access-control-expose-headers').join(', ');
      return {
        status: statuses.at(-1),
        origin: all('access-control-allow-origin')[0],
        retryAfter: all('retry-after')[0],
        vary: all('vary').join(', '),
        tellsWhen: /(^|, )Retry-After(,|$)/.test(exposed),
      };
    }
    const post = (text: string, ...headers: readonly string[]): Promise<Answer> =>
      send(writeRequest(text, ['connection: close', ...headers]));

    test('of load shedding can be read by the pages that may read answers, and by no others', async () => {
      gateway.subgraph.isHanging = true;
      const others = await Promise.all([1, 2, 3].map(() => openSocket(gateway.port)));
      for (const [n, socket] of others.entries()) {
        socket.write(writeRequest(JSON.stringify({ query: echoQuery, variables: { n } })));
      }
      await until('three requests are under way', () => readState().requestsUnderWay === 3);
      const busy = { status: 503, retryAfter: '1' };
      expect(await post(body, page)).toEqual({ ...busy, ...may, tellsWhen: true });
      expect(await post(body, stranger)).toEqual({ ...busy, ...mayNot });
      expect(await post(body)).toEqual({ ...busy, ...mayNot });
      expect(await send(preflight)).toMatchObject({ status: 204, origin: may.origin });
      gateway.subgraph.isHanging = false;
      for (const socket of others) socket.destroy();
      await until('nothing is under way', () => readState().requestsUnderWay === 0);
    });

    test('of rate limits can', async () => {
      const seldom = JSON.stringify({ query: 'query Seldom { echo(n: 1) }' });
      expect(await post(seldom, page)).toMatchObject({ status: 200, ...may, tellsWhen: true });
      const late = { status: 429, retryAfter: expect.stringMatching(/^\d+$/) };
      expect(await post(seldom, page)).toEqual({ ...late, ...may, tellsWhen: true });
      expect(await post(seldom, stranger)).toEqual({ ...late, ...mayNot });
    });

    test.each([
      ['limits', JSON.stringify({ query: `{ ${'a: echo(n: 1) '.repeat(20_000)} }` }), 400],
      ['what is no JSON', '{', 400],
      ['large bodies', ' '.repeat(1_100_000), 413],
    ])('of %s can', async (_what, text, status) => {
      expect(await post(text, page)).toMatchObject({ status, ...may, tellsWhen: true });
      expect(await post(text, stranger)).toMatchObject({ status, ...mayNot });
    });
  },
);
