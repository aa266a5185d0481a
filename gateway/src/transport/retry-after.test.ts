import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createLog } from '@trellis/platform/log';
import { createSubgraphFetch } from './create-subgraph-fetch.ts';
import type { TrafficOptions } from './options.ts';
import type { SubgraphResponse } from './subgraph-fetch.ts';
import { makeCaller } from './testing/make-caller.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

interface Limited {
  readonly url: string;
  /** Moments of the requests, in milliseconds. */
  readonly asked: number[];
  /** Answers 429 with this Retry-After while set. */
  retryAfter: string | undefined;
}

async function startLimited(retryAfter: string | undefined): Promise<Limited> {
  const server = createServer((request, response) => {
    limited.asked.push(performance.now());
    request.resume();
    if (limited.retryAfter === undefined) response.end('{"data":{"a":1}}');
    else response.writeHead(429, { 'retry-after': limited.retryAfter }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const limited: Limited = { url: `http://127.0.0.1:${port}/`, asked: [], retryAfter };
  return limited;
}

function open(
  traffic: TrafficOptions,
  url: string,
): (kind?: 'query' | 'mutation') => Promise<SubgraphResponse> {
  const transport = createSubgraphFetch({
    urls: new Map([['orders', url]]),
    subgraphs: { orders: { shareInFlight: false, ...traffic } },
    log: createLog('test', { LOG_LEVEL: 'silent' }),
  });
  cleanups.push(() => transport.stop());
  return (kind = 'query') =>
    transport.fetch(
      { subgraph: 'orders', kind, operationName: undefined, body: '{}', fields: ['a'] },
      makeCaller(),
    );
}

describe('a subgraph that answers 429 with Retry-After', () => {
  test('is sent nothing by anybody until then, neither queries nor mutations', async () => {
    const limited = await startLimited('60');
    const ask = open({ retry: { attempts: 0 }, maxRetryAfterMs: 60_000 }, limited.url);
    await expect(ask()).rejects.toMatchObject({ code: 'SUBREQUEST_HTTP_ERROR', status: 429 });
    const kinds = ['query', 'mutation', 'query'] as const;
    for (const kind of kinds) {
      await expect(ask(kind)).rejects.toMatchObject({
        code: 'SUBGRAPH_UNAVAILABLE',
        message: 'A subgraph asked for fewer requests. Try again.',
        blame: 'throttle',
      });
    }
    expect(limited.asked).toHaveLength(1);
  });

  test('is asked again after the longest time that is kept to', async () => {
    const limited = await startLimited('60');
    const ask = open({ retry: { attempts: 0 }, maxRetryAfterMs: 400 }, limited.url);
    await expect(ask()).rejects.toMatchObject({ code: 'SUBREQUEST_HTTP_ERROR', status: 429 });
    limited.retryAfter = undefined;
    const answer = async (): Promise<SubgraphResponse> => {
      for (;;) {
        const response = await ask().catch(() => undefined);
        if (response) return response;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    };
    await expect(answer()).resolves.toMatchObject({ data: { a: 1 } });
    // Not once in between: 60 seconds were asked for, 400 ms is the longest that is kept to.
    expect(limited.asked).toHaveLength(2);
    expect((limited.asked[1] ?? 0) - (limited.asked[0] ?? 0)).toBeGreaterThanOrEqual(380);
  });

  test('is waited for by queries that have the time', async () => {
    const limited = await startLimited('1');
    const ask = open({ timeoutMs: 10_000 }, limited.url);
    const asked = [ask(), ask(), ask()];
    while (limited.asked.length < 3) await new Promise((resolve) => setTimeout(resolve, 5));
    limited.retryAfter = undefined;
    await expect(Promise.all(asked)).resolves.toHaveLength(3);
    expect((limited.asked[3] ?? 0) - (limited.asked[0] ?? 0)).toBeGreaterThanOrEqual(980);
  });

  test('is not waited for where another instance may be asked', async () => {
    const limited = await startLimited('60');
    const other = await startLimited(undefined);
    const ask = open({ url: [limited.url, other.url] }, limited.url);
    for (let round = 0; round < 10; round += 1) {
      await expect(ask()).resolves.toMatchObject({ data: { a: 1 } });
    }
    expect(limited.asked.length).toBeLessThanOrEqual(1);
  });
});
