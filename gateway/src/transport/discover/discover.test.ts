import { describe, expect, test } from '@jest/globals';
import { createLog } from '@trellis/platform/log';
import type { Endpoint } from '../instance.ts';
import { dnsEndpoints, srvEndpoints, type NameService } from './dns-endpoints.ts';
import { watchEndpoints } from './watch-endpoints.ts';

const log = createLog('test', { LOG_LEVEL: 'silent' });
const url = new URL('http://orders.svc:4000/graphql');

function failure(code: string): Error {
  return Object.assign(new Error(code), { code });
}

function names(overrides: Partial<NameService>): NameService {
  const nothing = () => Promise.reject(failure('ENODATA'));
  return {
    resolve4: nothing,
    resolve6: nothing,
    resolveSrv: nothing,
    lookup: () => Promise.resolve([]),
    ...overrides,
  };
}

function addresses(endpoints: readonly Endpoint[]): unknown[] {
  return endpoints.map((endpoint) => [endpoint.url.host, endpoint.address]);
}

describe('discovery by DNS', () => {
  test('takes every address of the host, of both families, for as long as the shortest TTL', async () => {
    const read = dnsEndpoints(
      url,
      60_000,
      names({
        resolve4: () =>
          Promise.resolve([
            { address: '10.0.0.1', ttl: 30 },
            { address: '10.0.0.2', ttl: 20 },
          ]),
        resolve6: () => Promise.resolve([{ address: 'fd00::1', ttl: 40 }]),
      }),
    );
    const { endpoints, validForMs } = await read();
    expect(addresses(endpoints)).toEqual([
      ['orders.svc:4000', '10.0.0.1'],
      ['orders.svc:4000', '10.0.0.2'],
      ['orders.svc:4000', 'fd00::1'],
    ]);
    expect(validForMs).toBe(20_000);
  });

  test('asks at least every maxTtlMs and at most every second', async () => {
    const withTtl = (ttl: number) =>
      dnsEndpoints(
        url,
        30_000,
        names({ resolve4: () => Promise.resolve([{ address: '10.0.0.1', ttl }]) }),
      )();
    await expect(withTtl(86_400)).resolves.toMatchObject({ validForMs: 30_000 });
    await expect(withTtl(0)).resolves.toMatchObject({ validForMs: 1_000 });
  });

  test('takes no half of an answer: addresses of one family stay while the other cannot be asked', async () => {
    const resolve4 = () => Promise.resolve([{ address: '10.0.0.1', ttl: 30 }]);
    const silent = () => Promise.reject(failure('ETIMEOUT'));
    await expect(
      dnsEndpoints(url, 60_000, names({ resolve4, resolve6: silent }))(),
    ).rejects.toThrow('ETIMEOUT');
    const { endpoints } = await dnsEndpoints(url, 60_000, names({ resolve4 }))();
    expect(addresses(endpoints)).toEqual([['orders.svc:4000', '10.0.0.1']]);
  });

  test('takes what the system knows of a short name that no name server does', async () => {
    const lookup = () => Promise.resolve([{ address: '10.0.0.7' }]);
    const { endpoints, validForMs } = await dnsEndpoints(url, 60_000, names({ lookup }))();
    expect(addresses(endpoints)).toEqual([['orders.svc:4000', '10.0.0.7']]);
    expect(validForMs).toBe(5_000);
    await expect(dnsEndpoints(url, 60_000, names({}))()).rejects.toThrow(
      'orders.svc has no address',
    );
  });

  test('takes the targets of an SRV name at their own ports, those of a worse priority as spares', async () => {
    const read = srvEndpoints(
      { name: '_http._tcp.orders', url },
      names({
        resolveSrv: () =>
          Promise.resolve([
            { name: 'a.orders', port: 7001, priority: 1, weight: 6 },
            { name: 'b.orders', port: 7002, priority: 1, weight: 0 },
            { name: 'spare.orders', port: 7003, priority: 9, weight: 1 },
          ]),
        resolve4: (host) =>
          Promise.resolve(
            host === 'a.orders'
              ? [
                  { address: '10.0.0.1', ttl: 5 },
                  { address: '10.0.0.3', ttl: 5 },
                ]
              : host === 'spare.orders'
                ? [{ address: '10.0.0.9', ttl: 5 }]
                : [{ address: '10.0.0.2', ttl: 5 }],
          ),
      }),
    );
    const { endpoints, validForMs } = await read();
    expect(addresses(endpoints)).toEqual([
      ['a.orders:7001', '10.0.0.1'],
      ['a.orders:7001', '10.0.0.3'],
      ['b.orders:7002', '10.0.0.2'],
      ['spare.orders:7003', '10.0.0.9'],
    ]);
    expect(endpoints.map(({ weight }) => weight)).toEqual([3, 3, 0.1, 1]);
    expect(endpoints.map(({ priority }) => priority)).toEqual([1, 1, 1, 9]);
    expect(validForMs).toBe(5_000);
  });
});

describe('watching a source', () => {
  test('follows a name that moves, and keeps the last list while the source fails or knows nobody', async () => {
    const said: (readonly string[] | Error)[] = [
      ['10.0.0.1'],
      new Error('ESERVFAIL'),
      [],
      ['10.0.0.2'],
    ];
    let asked = 0;
    const seen: string[][] = [];
    const stop = watchEndpoints({
      log,
      retryMs: 5,
      read: () => {
        const next = said[Math.min(asked, said.length - 1)] ?? [];
        asked += 1;
        if (next instanceof Error) return Promise.reject(next);
        return Promise.resolve({
          endpoints: next.map((address) => ({ url, address })),
          validForMs: 5,
        });
      },
      update: (endpoints) => seen.push(endpoints.map(({ address = '' }) => address)),
    });
    while (asked < 6) await new Promise((resolve) => setTimeout(resolve, 5));
    stop();
    expect(seen).toEqual([['10.0.0.1'], ['10.0.0.2']]);
  });

  test('follows a weight that changes', async () => {
    const seen: (number | undefined)[] = [];
    let asked = 0;
    const stop = watchEndpoints({
      log,
      read: () => {
        asked += 1;
        return Promise.resolve({ endpoints: [{ url, weight: asked < 3 ? 1 : 5 }], validForMs: 5 });
      },
      update: (endpoints) => seen.push(...endpoints.map(({ weight }) => weight)),
    });
    while (asked < 4) await new Promise((resolve) => setTimeout(resolve, 5));
    stop();
    expect(seen).toEqual([1, 5]);
  });
});
