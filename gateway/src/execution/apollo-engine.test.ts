import { expect, test } from '@jest/globals';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createApolloEngine } from './apollo-engine.ts';
import { createLocalGraph } from './testing/local-graph.ts';
import { shop } from './testing/shop.ts';

test('the stock engine asks nobody but subgraphs, from its start to its end', async () => {
  const { sdl, apiSchema } = createLocalGraph(shop);
  let requests = 0;
  const note = (): void => {
    requests += 1;
  };
  subscribe('http.client.request.start', note);
  try {
    const engine = await createApolloEngine({ sdl, apiSchema });
    await engine.close?.();
  } finally {
    unsubscribe('http.client.request.start', note);
  }
  expect(requests).toBe(0);
  expect(process.env['APOLLO_TELEMETRY_DISABLED']).toBeUndefined();
});

test('the stock engine says which engine serves access directives, because it refuses them', async () => {
  const { sdl, apiSchema } = createLocalGraph(shop);
  const secured = sdl.replace(
    'schema\n',
    'schema\n  @link(url: "https://specs.apollo.dev/authenticated/v0.1", for: SECURITY)\n',
  );
  await expect(createApolloEngine({ sdl: secured, apiSchema })).rejects.toThrow(
    /^"engine: apollo" cannot serve it, "engine: trellis" can: .*authenticated/,
  );
});
