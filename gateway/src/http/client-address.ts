import type { IncomingMessage } from 'node:http';
import proxyAddress from '@fastify/proxy-addr';

export type ReadClientAddress = (request: IncomingMessage) => string | undefined;

/**
 * Returns the function that tells where a request comes from: the other end of its socket. Where that is a trusted proxy,
 * `X-Forwarded-For` is believed, from its end on, as far as it names trusted proxies: whatever a client wrote into it stands
 * before them and is not looked at.
 * @param trustedProxies addresses and networks (CIDR), or `loopback`, `linklocal`, `uniquelocal`
 * @throws Error when one of them is none
 */
export function createReadClientAddress(trustedProxies: readonly string[]): ReadClientAddress {
  if (trustedProxies.length === 0) return ({ socket }) => socket.remoteAddress;
  const isTrusted = proxyAddress.compile([...trustedProxies]);
  return (request) => {
    if (request.socket.remoteAddress === undefined) return undefined;
    return proxyAddress(request, isTrusted);
  };
}
