import { describe, expect, test } from '@jest/globals';
import type { IncomingMessage } from 'node:http';
import { createReadClientAddress } from './client-address.ts';

/** As much of a request as is looked at. */
function request(remoteAddress: string | undefined, forwarded?: string): IncomingMessage {
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
  return { socket: { remoteAddress }, headers } as unknown as IncomingMessage;
}

describe('the address of a client', () => {
  test('is that of the socket, whatever headers say', () => {
    const read = createReadClientAddress([]);
    expect(read(request('192.0.2.7', '203.0.113.9'))).toBe('192.0.2.7');
  });

  test.each<[string, string, string | undefined, string]>([
    ['the one its proxy saw', '10.0.0.1', '203.0.113.9', '203.0.113.9'],
    ['the one the first of two proxies saw', '10.0.0.1', '203.0.113.9, 10.0.0.2', '203.0.113.9'],
    ['not what a client made up', '10.0.0.1', '198.51.100.1, 203.0.113.9', '203.0.113.9'],
    ['that of a stranger who says to be a proxy', '192.0.2.7', '203.0.113.9', '192.0.2.7'],
    ['that of the proxy when it names nobody', '10.0.0.1', undefined, '10.0.0.1'],
    ['also behind a proxy on this machine', '127.0.0.1', '203.0.113.9', '203.0.113.9'],
  ])('is %s', (_what, socket, forwarded, expected) => {
    const read = createReadClientAddress(['10.0.0.0/8', 'loopback']);
    expect(read(request(socket, forwarded))).toBe(expected);
  });

  test('is unknown when the client is gone', () => {
    expect(createReadClientAddress(['loopback'])(request(undefined))).toBeUndefined();
  });

  test('needs proxies that are addresses', () => {
    expect(() => createReadClientAddress(['my-proxy'])).toThrow('my-proxy');
  });
});
