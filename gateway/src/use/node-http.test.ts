import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Agent, request } from 'undici';
import { startTestGateway, type TestGateway } from '../testing/start-test-gateway.ts';
import { startUsersAndReviews } from '../testing/test-subgraphs.ts';

describe('the listener', () => {
  let subgraphs: Awaited<ReturnType<typeof startUsersAndReviews>>;
  let gateway: TestGateway;

  beforeEach(async () => {
    subgraphs = await startUsersAndReviews();
    gateway = await startTestGateway(subgraphs.sdl, { settings: { engine: 'apollo' } });
  });
  afterEach(async () => {
    await gateway.stop();
    await subgraphs.stop();
  });

  test('answers GraphQL at / too', async () => {
    const response = await fetch(gateway.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"query":"{ me { name } }"}',
    });
    expect(await response.json()).toEqual({ data: { me: { name: 'Ada' } } });
  });

  test('says that it lives and is ready', async () => {
    expect(await (await fetch(`${gateway.url}/health/live`)).json()).toEqual({ status: 'live' });
    expect(await (await fetch(`${gateway.url}/health/ready`)).json()).toEqual({ status: 'ready' });
  });

  test('shows Apollo Sandbox to a browser, with a way to GraphiQL', async () => {
    for (const path of ['/', '/graphql']) {
      const response = await fetch(gateway.url + path, {
        headers: { accept: 'text/html,*/*;q=0.8' },
      });
      const page = await response.text();
      expect(page).toContain('sandbox');
      expect(page).toContain('<a href="/graphiql">');
    }
  });

  test('finishes requests that are under way when it stops, and says so on the readiness address', async () => {
    const agent = new Agent({ connections: 20, pipelining: 1 });
    const ask = (): Promise<{ status: number; connection: unknown; body: unknown }> =>
      request(`${gateway.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"query":"{ me { name reviews { text } } }"}',
        dispatcher: agent,
      }).then(async ({ statusCode, headers, body }) => ({
        status: statusCode,
        connection: headers['connection'],
        body: await body.json(),
      }));
    await Promise.all(Array.from({ length: 20 }, ask));
    subgraphs.users.delayMs = 800;
    const before = subgraphs.users.headers.length;
    const answers = Array.from({ length: 20 }, ask);
    const ready = await request(`${gateway.url}/health/ready`, { dispatcher: new Agent() });
    expect(await ready.body.json()).toEqual({ status: 'ready' });
    while (subgraphs.users.headers.length === before)
      await new Promise((resolve) => setTimeout(resolve, 5));
    const stopped = gateway.stop();
    const results = await Promise.all(answers);
    await stopped;
    await agent.close();
    for (const result of results) {
      expect(result).toEqual({
        status: 200,
        connection: 'close',
        body: { data: { me: { name: 'Ada', reviews: [{ text: 'Good' }] } } },
      });
    }
    await expect(fetch(`${gateway.url}/health/live`)).rejects.toThrow();
  });

  test('says that it is not ready while it drains', async () => {
    const draining = await startTestGateway(subgraphs.sdl, {
      settings: { engine: 'apollo', listen: { drainDelayMs: 2_000 } },
    });
    const stopped = draining.stop();
    const response = await fetch(`${draining.url}/health/ready`);
    expect([response.status, await response.json()]).toEqual([503, { status: 'stopping' }]);
    const answered = await draining.ask({ query: '{ me { name } }' });
    expect(answered.json).toEqual({ data: { me: { name: 'Ada' } } });
    await stopped;
  });

  test('says which port is taken and what to do', async () => {
    const port = Number(new URL(gateway.url).port);
    const { startGateway } = await import('../gateway.ts');
    const { readGatewayConfig } = await import('../config.ts');
    const { createLog } = await import('@trellis/platform/log');
    const config = readGatewayConfig(undefined, {
      supergraph: gateway.supergraphFile,
      port: String(port),
    });
    const start = startGateway({ config, log: createLog('x', { LOG_LEVEL: 'silent' }), env: {} });
    await expect(start).rejects.toThrow(`Port ${port} is taken`);
  });
});
