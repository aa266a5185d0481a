import { createRequire } from 'node:module';
import { fastify, type FastifyPluginAsync } from 'fastify';
import type { MercuriusGatewayOptions } from '@mercuriusjs/gateway';
import { readEnvironment } from './read-environment.ts';

// The package is CommonJS with a default export in its types only.
const mercuriusGateway = createRequire(import.meta.url)(
  '@mercuriusjs/gateway',
) as FastifyPluginAsync<MercuriusGatewayOptions & { readonly jit: number; readonly path: string }>;

const { port, subgraphsPort, propagatedHeader } = readEnvironment();

const services = ['accounts', 'inventory', 'products', 'reviews'].map((name) => ({
  name,
  url: `http://127.0.0.1:${subgraphsPort}/${name}`,
  mandatory: true,
  ...(propagatedHeader !== undefined && {
    rewriteHeaders: (headers: Record<string, string | string[] | undefined>) => ({
      [propagatedHeader]: headers[propagatedHeader],
    }),
  }),
}));
const app = fastify();
await app.register(mercuriusGateway, { jit: 1, path: '/graphql', gateway: { services } });
await app.listen({ port, host: '127.0.0.1' });
