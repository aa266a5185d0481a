import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { renameSync, writeFileSync } from 'node:fs';
import { pino } from 'pino';
import { startTestGateway, type TestGateway } from './testing/start-test-gateway.ts';
import {
  composeTestSupergraph,
  startTestSubgraph,
  startUsersAndReviews,
  type TestSubgraph,
} from './testing/test-subgraphs.ts';

type Subgraphs = Awaited<ReturnType<typeof startUsersAndReviews>>;

describe.each(['trellis', 'apollo'] as const)('a new supergraph, engine %s', (engine) => {
  let subgraphs: Subgraphs;
  let extra: TestSubgraph;
  let gateway: TestGateway;
  let lines: Record<string, unknown>[];

  beforeEach(async () => {
    subgraphs = await startUsersAndReviews();
    extra = await startTestSubgraph({
      name: 'extra',
      sdl: 'type Query { extra: String }',
      resolvers: { Query: { extra: () => 'more' } },
    });
    lines = [];
    const log = pino({ level: 'info' }, { write: (line: string) => lines.push(JSON.parse(line)) });
    gateway = await startTestGateway(subgraphs.sdl, {
      settings: { engine },
      log,
    });
  });
  afterEach(async () => {
    await gateway.stop();
    await Promise.all([subgraphs.stop(), extra.stop()]);
  });

  function publish(sdl: string): void {
    writeFileSync(`${gateway.supergraphFile}.new`, sdl);
    renameSync(`${gateway.supergraphFile}.new`, gateway.supergraphFile);
  }

  async function waitFor(message: string): Promise<Record<string, unknown>> {
    for (;;) {
      const line = lines.find(({ msg }) => String(msg).startsWith(message));
      if (line) return line;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  test('takes over under load without a lost request', async () => {
    let isSwapped = false;
    const results: unknown[] = [];
    const load = Array.from({ length: 10 }, async () => {
      let after = 0;
      while (after < 5) {
        const { status, json } = await gateway.ask({ query: '{ me { name reviews { text } } }' });
        results.push(status === 200 && json?.errors === undefined ? 'ok' : json);
        if (isSwapped) after += 1;
      }
    });
    publish(composeTestSupergraph([subgraphs.users, subgraphs.reviews, extra]));
    await waitFor('supergraph swapped');
    isSwapped = true;
    await Promise.all(load);
    expect(new Set(results)).toEqual(new Set(['ok']));
    expect((await gateway.ask({ query: '{ extra }' })).json).toEqual({ data: { extra: 'more' } });
  });

  test('leaves a request that is under way on the old one, with its subgraphs', async () => {
    subgraphs.users.delayMs = 1_000;
    const slow = gateway.ask({ query: '{ me { name reviews { text } } }' });
    while (subgraphs.users.bodies.length === 0)
      await new Promise((resolve) => setTimeout(resolve, 5));
    publish(composeTestSupergraph([extra]));
    await waitFor('supergraph swapped');
    expect((await slow).json).toEqual({
      data: { me: { name: 'Ada', reviews: [{ text: 'Good' }] } },
    });
    expect((await gateway.ask({ query: '{ me { name } }' })).status).toBe(400);
  });

  test('that is invalid is refused with one line, and the last good one stays', async () => {
    publish('type Query { nothing: String }');
    const line = await waitFor('supergraph refused');
    expect(line['reason']).toContain('Invalid supergraph');
    expect((await gateway.ask({ query: '{ me { name } }' })).json).toEqual({
      data: { me: { name: 'Ada' } },
    });
    publish(composeTestSupergraph([extra]));
    await waitFor('supergraph swapped');
    expect((await gateway.ask({ query: '{ extra }' })).json).toEqual({ data: { extra: 'more' } });
  });
});

describe('the first supergraph', () => {
  test('that is invalid stops the start with one message', async () => {
    await expect(startTestGateway('type Query {')).rejects.toThrow(
      /^The supergraph .* is invalid: Syntax Error/,
    );
  });

  test('that has access directives is served, and they hold without any settings', async () => {
    const guarded = await startTestSubgraph({
      name: 'guarded',
      sdl: `extend schema @link(url: "https://specs.apollo.dev/federation/v2.5", import: ["@authenticated"])
        type Query { secret: String @authenticated }`,
      resolvers: { Query: { secret: () => 'CANARY' } },
    });
    const gateway = await startTestGateway(composeTestSupergraph([guarded]));
    const { text, json } = await gateway.ask({ query: '{ secret }' });
    await gateway.stop();
    await guarded.stop();
    expect(json?.data).toEqual({ secret: null });
    expect(json?.errors?.[0]?.extensions).toEqual({ code: 'UNAUTHENTICATED' });
    expect(text).not.toContain('CANARY');
  });
});
