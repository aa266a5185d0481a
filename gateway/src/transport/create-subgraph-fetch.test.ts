import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import {
  anonymous,
  createIdentitySigner,
  createIdentityVerifier,
} from '@trellis/platform/identity';
import { createLog } from '@trellis/platform/log';
import { makeWireKey } from '@trellis/platform/wire-keys';
import type { RequestContext } from '../request.ts';
import { createSubgraphFetch, type SubgraphFetchOptions } from './create-subgraph-fetch.ts';
import type { SubgraphRequest } from './subgraph-fetch.ts';
import { makeCaller } from './testing/make-caller.ts';

type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const quiet = createLog('test', { LOG_LEVEL: 'silent' });

async function startSubgraph(answer: Answer): Promise<string> {
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (body += chunk));
    request.on('end', () => answer(request, response, body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
}

function openTransport(url: string, options: Partial<SubgraphFetchOptions> = {}) {
  const transport = createSubgraphFetch({
    urls: new Map([['orders', url]]),
    log: quiet,
    ...options,
  });
  cleanups.push(() => transport.stop());
  return transport;
}

function request(overrides: Partial<SubgraphRequest> = {}): SubgraphRequest {
  return {
    subgraph: 'orders',
    kind: 'query',
    operationName: 'Orders',
    body: '{"query":"{ orders { id } }"}',
    fields: ['orders'],
    ...overrides,
  };
}

function caller(overrides: Partial<RequestContext> = {}): RequestContext {
  const trace = {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    parentId: 'b7ad6b7169203331',
    sampled: true,
    state: undefined,
  };
  return makeCaller({ trace, ...overrides });
}

function reply(response: ServerResponse, body: unknown): void {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(body));
}

describe('the subgraph transport', () => {
  test('returns data and sends identity, deadline, request id and trace, but nothing of the client', async () => {
    const key = makeWireKey('a secret of at least thirty-two characters');
    const seen: IncomingMessage[] = [];
    const url = await startSubgraph((incoming, response, body) => {
      seen.push(incoming);
      reply(response, { data: { body } });
    });
    const transport = openTransport(url, { signIdentity: createIdentitySigner(key) });
    const headers = { cookie: 'a=b', authorization: 'Bearer x', 'x-user-id': '7' };

    const { data } = await transport.fetch(request(), caller({ headers }));

    expect(data).toEqual({ body: '{"query":"{ orders { id } }"}' });
    const sent = seen[0]?.headers ?? {};
    expect(createIdentityVerifier([key], 'orders')(String(sent['trellis-identity']))).toEqual(
      anonymous,
    );
    expect(Number(sent['trellis-deadline-ms'])).toBeGreaterThan(0);
    expect(Number(sent['trellis-deadline-ms'])).toBeLessThanOrEqual(3_000);
    expect(sent['trellis-request-id']).toBe('request-1');
    expect(sent['traceparent']).toBe('00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01');
    for (const name of Object.keys(headers)) expect(sent[name]).toBeUndefined();
  });

  test('names settings of subgraphs that do not exist, once', () => {
    const log = createLog('test', { LOG_LEVEL: 'silent' });
    const told: unknown[] = [];
    log.warn = ((line: unknown) => told.push(line)) as typeof log.warn;
    const subgraphs = { all: {}, orders: {}, ordres: { timeoutMs: 5 } };
    const transport = openTransport('http://127.0.0.1:1', { subgraphs, log });
    transport.update(new Map([['orders', 'http://127.0.0.1:2']]));
    expect(told).toEqual([{ setting: 'subgraphs.ordres', subgraphs: ['orders'] }]);
  });

  test('does not start with certificates that cannot be read, and says which', () => {
    const subgraphs = { orders: { tls: { caFile: '/none/ca.pem' } } };
    expect(() => openTransport('https://127.0.0.1:1', { subgraphs })).toThrow(
      /^subgraphs\.orders\.tls: certificates cannot be used: .*\/none\/ca\.pem/,
    );
  });

  test('shares one fetch among equal queries in flight, and none among mutations', async () => {
    let calls = 0;
    const url = await startSubgraph((_incoming, response) => {
      calls += 1;
      setTimeout(() => reply(response, { data: { calls } }), 50);
    });
    const transport = openTransport(url);
    await Promise.all([1, 2, 3].map(() => transport.fetch(request(), caller())));
    expect(calls).toBe(1);
    await Promise.all([1, 2].map(() => transport.fetch(request({ kind: 'mutation' }), caller())));
    expect(calls).toBe(3);
  });

  test('never shares a fetch between bodies that only begin differently', async () => {
    const asked: string[] = [];
    const url = await startSubgraph((_incoming, response, body) => {
      asked.push(body);
      setTimeout(() => reply(response, { data: { body } }), 50);
    });
    const transport = openTransport(url);
    const bodies = ['a', 'b', 'a', 'c'].map((name) => `{"query":"{ ${name} ${'x '.repeat(200)}}"}`);
    const answers = await Promise.all(
      bodies.map((body) => transport.fetch(request({ body }), caller())),
    );
    expect(answers.map(({ data }) => data?.['body'])).toEqual(bodies);
    expect(asked).toHaveLength(3);
    // All of it is forgotten: the next one asks anew.
    await transport.fetch(request({ body: bodies[0] ?? '' }), caller());
    expect(asked).toHaveLength(4);
  });

  test('keeps a fetch alive for the others when one caller leaves, and stops it when all have left', async () => {
    let isCut = false;
    let answer: (() => void) | undefined;
    const url = await startSubgraph((_incoming, response) => {
      answer = () => reply(response, { data: { a: 1 } });
      response.on('close', () => (isCut = !response.writableFinished));
    });
    const transport = openTransport(url);
    const leaver = new AbortController();
    const left = transport.fetch(request(), caller({ signal: leaver.signal }));
    const stayed = transport.fetch(request(), caller());
    await waitUntil(() => answer !== undefined);
    leaver.abort();
    await expect(left).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    answer?.();
    await expect(stayed).resolves.toMatchObject({ data: { a: 1 } });
    expect(isCut).toBe(false);

    answer = undefined;
    const all = new AbortController();
    const both = [1, 2].map(() => transport.fetch(request(), caller({ signal: all.signal })));
    await waitUntil(() => answer !== undefined);
    all.abort();
    const results = await Promise.allSettled(both);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await waitUntil(() => isCut);
  });

  test('names an unknown subgraph as unavailable without saying where it looked', async () => {
    const transport = openTransport('http://127.0.0.1:1/secret');
    await expect(transport.fetch(request({ subgraph: 'none' }), caller())).rejects.toMatchObject({
      code: 'SUBGRAPH_UNAVAILABLE',
      message: 'A subgraph cannot be reached.',
    });
  });

  test('follows a new address and keeps unchanged ones', async () => {
    const first = await startSubgraph((_incoming, response) => reply(response, { data: { n: 1 } }));
    const second = await startSubgraph((_incoming, response) =>
      reply(response, { data: { n: 2 } }),
    );
    const transport = openTransport(first);
    await expect(transport.fetch(request(), caller())).resolves.toMatchObject({ data: { n: 1 } });
    transport.update(new Map([['orders', second]]));
    await expect(transport.fetch(request(), caller())).resolves.toMatchObject({ data: { n: 2 } });
  });
});

async function waitUntil(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 500 && !condition(); tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  expect(condition()).toBe(true);
}
