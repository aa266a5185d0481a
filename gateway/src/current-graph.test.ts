import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { eventChannel, type GatewayEvent } from './channels.ts';
import { readState } from './state.ts';
import { startTestGateway, type TestGateway } from './testing/start-test-gateway.ts';
import {
  composeTestSupergraph,
  startTestSubgraph,
  startUsersAndReviews,
  type TestSubgraph,
} from './testing/test-subgraphs.ts';

type Subgraphs = Awaited<ReturnType<typeof startUsersAndReviews>>;

function publishTo({ supergraphFile }: TestGateway, sdl: string): void {
  writeFileSync(`${supergraphFile}.new`, sdl);
  renameSync(`${supergraphFile}.new`, supergraphFile);
}

function startExtra(): Promise<TestSubgraph> {
  return startTestSubgraph({
    name: 'extra',
    sdl: 'type Query { extra: String }',
    resolvers: { Query: { extra: () => 'more' } },
  });
}

describe.each(['trellis', 'apollo'] as const)('a new supergraph, engine %s', (engine) => {
  let subgraphs: Subgraphs;
  let extra: TestSubgraph;
  let gateway: TestGateway;
  let lines: Record<string, unknown>[];

  beforeEach(async () => {
    subgraphs = await startUsersAndReviews();
    extra = await startExtra();
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

  const publish = (sdl: string): void => publishTo(gateway, sdl);

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
    expect(line['reason']).toContain('was not composed');
    expect((await gateway.ask({ query: '{ me { name } }' })).json).toEqual({
      data: { me: { name: 'Ada' } },
    });
    publish(composeTestSupergraph([extra]));
    await waitFor('supergraph swapped');
    expect((await gateway.ask({ query: '{ extra }' })).json).toEqual({ data: { extra: 'more' } });
  });
});

describe('before a new supergraph takes over', () => {
  test('the hottest operations are planned, so that nobody waits for a plan afterwards', async () => {
    const subgraphs = await startUsersAndReviews();
    const extra = await startExtra();
    const gateway = await startTestGateway(subgraphs.sdl);
    const operations = Array.from(
      { length: 30 },
      (_each, at) => `{ me { name field${at}: name reviews { text } } }`,
    );
    const askAll = async (): Promise<void> => {
      for (const query of operations) {
        expect((await gateway.ask({ query })).json?.errors).toBeUndefined();
      }
    };
    await askAll();
    const counts = { planned: 0, swapped: 0 };
    let plannedBeforeSwap = 0;
    const count = (message: unknown): void => {
      const event = message as GatewayEvent;
      if (event.event === 'planned') counts.planned += 1;
      if (event.event !== 'supergraph') return;
      counts.swapped += 1;
      plannedBeforeSwap = counts.planned;
    };
    eventChannel.subscribe(count);
    publishTo(gateway, composeTestSupergraph([subgraphs.users, subgraphs.reviews, extra]));
    while (counts.swapped === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    await askAll();
    eventChannel.unsubscribe(count);
    await gateway.stop();
    await Promise.all([subgraphs.stop(), extra.stop()]);
    expect(plannedBeforeSwap).toBe(operations.length);
    expect(counts.planned).toBe(operations.length);
  });
});

describe('a new supergraph after which errors jump', () => {
  test('is rolled back by itself, and a later one is taken', async () => {
    const subgraphs = await startUsersAndReviews();
    const extra = await startExtra();
    const rollback = { minRequests: 10, windowMs: 60_000 };
    const gateway = await startTestGateway(subgraphs.sdl, {
      settings: { supergraph: { rollback } },
    });
    const ask = async (): Promise<boolean> => {
      const { status, json } = await gateway.ask({ query: '{ me { name } }' });
      return status === 200 && json?.errors === undefined;
    };
    for (let at = 0; at < 20; at += 1) expect(await ask()).toBe(true);
    // Valid by itself, but nobody's operations fit it.
    publishTo(gateway, composeTestSupergraph([extra]));
    let lost = 0;
    while (readState().supergraphRollbacksTotal === 0) {
      if (!(await ask())) lost += 1;
    }
    for (let at = 0; at < 5; at += 1) expect(await ask()).toBe(true);
    expect(lost).toBeLessThanOrEqual(rollback.minRequests);
    expect(readState().supergraphIsStale).toBe(1);
    publishTo(gateway, composeTestSupergraph([subgraphs.users, subgraphs.reviews, extra]));
    while (readState().supergraphIsStale === 1)
      await new Promise((resolve) => setTimeout(resolve, 10));
    expect((await gateway.ask({ query: '{ extra me { name } }' })).json).toEqual({
      data: { extra: 'more', me: { name: 'Ada' } },
    });
    await gateway.stop();
    await Promise.all([subgraphs.stop(), extra.stop()]);
  });
});

describe('the last good supergraph on disk', () => {
  test('answers after a restart while the source is down, until it is back', async () => {
    const subgraphs = await startUsersAndReviews();
    const folder = mkdtempSync(join(tmpdir(), 'trellis-last-good-'));
    const lastGoodFile = join(folder, 'last-good.graphql');
    const answers = { status: 200, sdl: subgraphs.sdl };
    const registry = createServer((_request, response) => {
      response.writeHead(answers.status).end(answers.sdl);
    });
    await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve));
    const { port } = registry.address() as AddressInfo;
    const start = (): Promise<TestGateway> =>
      startTestGateway('', {
        settings: {
          supergraph: { url: `http://127.0.0.1:${port}/`, lastGoodFile, pollIntervalMs: 100 },
        },
      });
    const first = await start();
    while (!existsSync(lastGoodFile)) await new Promise((resolve) => setTimeout(resolve, 10));
    await first.stop();
    answers.status = 503;
    const second = await start();
    expect(readState().supergraphIsStale).toBe(1);
    expect((await second.ask({ query: '{ me { name } }' })).json).toEqual({
      data: { me: { name: 'Ada' } },
    });
    answers.status = 200;
    while (readState().supergraphIsStale === 1)
      await new Promise((resolve) => setTimeout(resolve, 10));
    await second.stop();
    registry.closeAllConnections();
    registry.close();
    await subgraphs.stop();
    rmSync(folder, { recursive: true, force: true });
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
