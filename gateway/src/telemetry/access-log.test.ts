import { describe, expect, test } from '@jest/globals';
import { createLog } from '@trellis/platform/log';
import type { z } from 'zod';
import type { configSchema } from '../config.ts';
import { startTestGateway } from '../testing/start-test-gateway.ts';
import { startUsersAndReviews } from '../testing/test-subgraphs.ts';

type Settings = NonNullable<z.input<typeof configSchema>['telemetry']>;

async function collect(
  telemetry: Settings,
  bodies: readonly string[],
  isDown = false,
): Promise<Record<string, unknown>[]> {
  const subgraphs = await startUsersAndReviews();
  const lines: Record<string, unknown>[] = [];
  const write = (line: string): void => void lines.push(JSON.parse(line));
  const log = createLog('gateway', {}, { write });
  const gateway = await startTestGateway(subgraphs.sdl, {
    log,
    settings: { telemetry },
  });
  if (isDown) await subgraphs.stop();
  const headers = { 'x-request-id': 'r-1', 'apollographql-client-name': 'web' };
  for (const body of bodies) await gateway.ask(body, headers);
  await gateway.stop();
  if (!isDown) await subgraphs.stop();
  return lines.filter(({ msg }) => msg === 'request' || msg === 'slow request');
}

describe('the access log', () => {
  const query =
    '{"query":"query Who($id: ID!) { user(id: $id) { name reviews { text } } }","variables":{"id":"1"}}';

  test('says what was asked and how it went, and no value', async () => {
    const [line, ...others] = await collect({ accessLog: 'all' }, [query]);
    expect(others).toEqual([]);
    expect(line).toMatchObject({
      requestId: 'r-1',
      operation: 'Who',
      kind: 'query',
      client: 'web',
      identity: 'anonymous',
      plan: { fetches: 2, waves: 2 },
      subgraphs: {
        users: { calls: 1, ms: expect.any(Number) },
        reviews: { calls: 1, ms: expect.any(Number) },
      },
      status: 200,
      errors: 0,
      hash: expect.stringMatching(/^[0-9a-f]{16}$/),
      durationMs: expect.any(Number),
      bytes: expect.any(Number),
    });
    expect(JSON.stringify(line)).not.toMatch(/Ada|Good|user\(/);
  });

  test('names the code of a refusal', async () => {
    const [line] = await collect({ accessLog: 'all' }, ['{"query":"{ nobody }"}']);
    expect(line).toMatchObject({ status: 400, code: 'GRAPHQL_VALIDATION_FAILED', errors: 1 });
  });

  test('is silent about what went well where only failures are wanted', async () => {
    expect(await collect({ accessLog: 'failed' }, [query, '{'])).toEqual([]);
  });

  test('names the subgraph that failed', async () => {
    const [line] = await collect({ accessLog: 'all' }, [query], true);
    expect(line).toMatchObject({
      status: 200,
      errors: 1,
      subgraphs: { users: { calls: 1, failed: 1 } },
    });
  });

  test('can draw a part of what went well', async () => {
    const settings = { accessLog: 'all', accessLogRatio: 0 } as const;
    expect(await collect(settings, [query])).toEqual([]);
  });

  test('warns of slow requests even where it is switched off', async () => {
    const fast = await collect({ accessLog: 'none', slowRequestMs: 60_000 }, [query]);
    expect(fast).toEqual([]);
    const slow = await collect({ accessLog: 'none', slowRequestMs: 0.001 }, [query]);
    expect(slow).toMatchObject([{ level: 'warn', msg: 'slow request', operation: 'Who' }]);
  });

  test('does not let a client write long lines', async () => {
    const long = `{"query":"query ${'N'.repeat(10_000)} { me { name } }"}`;
    const [line] = await collect({ accessLog: 'all' }, [long]);
    expect(JSON.stringify(line).length).toBeLessThan(1_000);
  });

  test('can be switched off', async () => {
    expect(await collect({ accessLog: 'none' }, [query])).toEqual([]);
  });
});
