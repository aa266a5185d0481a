import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { AddressInfo } from 'node:net';
import { startTestGateway, type TestGateway } from '../testing/start-test-gateway.ts';
import { startUsersAndReviews } from '../testing/test-subgraphs.ts';

const document = fileURLToPath(new URL('../../../docs/telemetry.md', import.meta.url));

let subgraphs: Awaited<ReturnType<typeof startUsersAndReviews>>;
let gateway: TestGateway;

beforeAll(async () => {
  subgraphs = await startUsersAndReviews();
  gateway = await startTestGateway(subgraphs.sdl, {
    settings: { telemetry: { listen: { port: 0 } } },
  });
});

afterAll(async () => {
  await gateway.stop();
  await subgraphs.stop();
});

async function read(path: string, init: RequestInit = {}): Promise<[number, string, Headers]> {
  const response = await fetch(`${gateway.telemetryUrl}${path}`, init);
  return [response.status, await response.text(), response.headers];
}

/** Values by name with labels, as they stand in the text. */
async function readMetrics(): Promise<ReadonlyMap<string, number>> {
  const [, text] = await read('/metrics');
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(lines.map((line) => [line.replace(/ \S+$/, ''), Number(/\S+$/.exec(line)?.[0])]));
}

describe('metrics', () => {
  test('count requests by how they went, and fetches by subgraph', async () => {
    const before = await readMetrics();
    const query = '{ user(id: "1") { name reviews { text } } }';
    for (const body of [{ query }, { query }, { query: '{ nobody }' }]) await gateway.ask(body);
    const after = await readMetrics();
    const grown = (name: string): number => (after.get(name) ?? 0) - (before.get(name) ?? 0);
    expect(grown('trellis_requests_total{kind="query",status="200",code=""}')).toBe(2);
    expect(
      grown('trellis_requests_total{kind="none",status="400",code="GRAPHQL_VALIDATION_FAILED"}'),
    ).toBe(1);
    expect(grown('trellis_request_duration_seconds_count{kind="query"}')).toBe(2);
    expect(grown('trellis_subgraph_fetches_total{subgraph="users",outcome="ok"}')).toBe(2);
    expect(grown('trellis_subgraph_fetch_duration_seconds_count{subgraph="reviews"}')).toBe(2);
    expect(grown('trellis_batch_representations_sum{subgraph="reviews"}')).toBe(2);
    expect(grown('trellis_steps_total{step="plan"}')).toBe(2);
    expect(grown('trellis_cache_misses_total{cache="plans"}')).toBe(1);
    expect(grown('trellis_plan_duration_seconds_count')).toBe(1);
    expect(after.get('trellis_requests_in_flight')).toBe(0);
    expect(after.get('trellis_cache_entries{cache="plans"}')).toBe(1);
    expect(after.get('trellis_cache_bytes{cache="plans"}')).toBeGreaterThan(1_000);
  });

  test('count registered queries and what the caches hold', async () => {
    const query = '{ me { id } }';
    const sha256Hash = createHash('sha256').update(query).digest('hex');
    const extensions = { persistedQuery: { version: 1, sha256Hash } };
    for (const body of [{ extensions }, { query, extensions }, { extensions }]) {
      await gateway.ask(body);
    }
    await gateway.ask({ query: '{ me { name } }', extensions });
    const metrics = await readMetrics();
    for (const outcome of ['miss', 'registered', 'hit', 'mismatch']) {
      const name = `trellis_persisted_queries_total{outcome="${outcome}"}`;
      expect([name, metrics.get(name)]).toEqual([name, 1]);
    }
    expect(metrics.get('trellis_cache_entries{cache="operations"}')).toBeGreaterThan(0);
    expect(metrics.get('trellis_shed_total{reason="memory"}')).toBe(0);
  });

  test('have no label that a client chooses', async () => {
    const count = (await readMetrics()).size;
    for (let at = 0; at < 20; at += 1) {
      const query = `query Name${at} { alias${at}: user(id: "${at}") { name } }`;
      await gateway.ask({ query }, { 'apollographql-client-name': `client-${at}` });
      await gateway.ask({ query: `{ field${at} }`, operationName: `Other${at}` });
    }
    const metrics = await readMetrics();
    expect(metrics.size - count).toBeLessThan(5);
    expect([...metrics.keys()].join('\n')).not.toMatch(/Name\d|alias\d|client-|field\d|Other/);
  });

  test('are all in the document, and no others', async () => {
    const [, text] = await read('/metrics');
    const told = [...text.matchAll(/^# TYPE (trellis_\w+)/gm)];
    const listed = [...readFileSync(document, 'utf8').matchAll(/^\| `(trellis_\w+)`/gm)];
    const names = (matches: readonly RegExpMatchArray[]): ReadonlySet<unknown> =>
      new Set(matches.map(([, name]) => name));
    expect(names(listed)).toEqual(names(told));
  });

  test('show a breaker that opened and a subgraph that does not answer', async () => {
    await subgraphs.stop();
    for (let at = 0; at < 30; at += 1) {
      await gateway.ask({ query: `{ user(id: "down-${at}") { name } }` });
    }
    const metrics = await readMetrics();
    expect(metrics.get('trellis_subgraph_breaker_state{subgraph="users"}')).toBe(2);
    expect(
      metrics.get(
        'trellis_subgraph_fetches_total{subgraph="users",outcome="SUBGRAPH_UNAVAILABLE"}',
      ),
    ).toBe(30);
    expect(metrics.get('trellis_answers_with_errors_total{kind="query"}')).toBe(30);
  });
});

describe('the port of those who watch', () => {
  test('answers health and state', async () => {
    expect((await read('/health/live')).slice(0, 2)).toEqual([200, '{"status":"live"}']);
    expect((await read('/health/ready')).slice(0, 2)).toEqual([200, '{"status":"ready"}']);
    const [status, state] = await read('/state');
    expect(status).toBe(200);
    expect(JSON.parse(state)).toMatchObject({
      processId: process.pid,
      supergraph: {
        id: expect.stringMatching(/^[0-9a-f]{16}$/),
        servedSince: expect.stringMatching(/^20/),
        subgraphs: ['reviews', 'users'],
      },
      subgraphs: expect.arrayContaining([{ subgraph: 'users', running: 0, queued: 0 }]),
    });
  });

  test('says what there is, and answers nothing but GET', async () => {
    expect((await read('/')).slice(0, 2)).toEqual([200, expect.stringContaining('/metrics')]);
    expect((await read('/metric'))[0]).toBe(404);
    const [status, , headers] = await read('/metrics', { method: 'POST', body: 'x' });
    expect([status, headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    expect((await read('/metrics', { method: 'HEAD' })).slice(0, 2)).toEqual([200, '']);
  });

  test('is closed unless it is asked for', async () => {
    const other = await startTestGateway(subgraphs.sdl);
    expect(other.telemetryUrl).toBeUndefined();
    await other.stop();
  });

  test('says what to do when the port is taken, and leaves nothing open', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as AddressInfo;
    await expect(
      startTestGateway(subgraphs.sdl, { env: { TELEMETRY_PORT: String(port) } }),
    ).rejects.toThrow(
      `Metrics cannot be served: port ${port} is taken. Choose another with telemetry.listen in gateway.yaml, or TELEMETRY_PORT`,
    );
    await expect(
      startTestGateway(subgraphs.sdl, { env: { TELEMETRY_PORT: 'http' } }),
    ).rejects.toThrow('TELEMETRY_PORT is "http", not a port from 0 to 65535');
    await new Promise((resolve) => taken.close(resolve));
  });
});
