import { describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { startTestGateway } from '../testing/start-test-gateway.ts';
import { startUsersAndReviews } from '../testing/test-subgraphs.ts';

async function collect(
  accessLog: 'all' | 'failed' | 'none',
  bodies: readonly string[],
): Promise<Record<string, unknown>[]> {
  const subgraphs = await startUsersAndReviews();
  const lines: Record<string, unknown>[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => lines.push(JSON.parse(line)) });
  const gateway = await startTestGateway(subgraphs.sdl, {
    log,
    settings: { telemetry: { accessLog } },
  });
  for (const body of bodies) await gateway.ask(body, { 'x-request-id': 'r-1' });
  await gateway.stop();
  await subgraphs.stop();
  return lines.filter(({ msg }) => msg === 'request');
}

describe('the access log', () => {
  const query =
    '{"query":"query Who($id: ID!) { user(id: $id) { name } }","variables":{"id":"secret-value"}}';

  test('says what was asked and how it went, and no value', async () => {
    const [line, ...others] = await collect('all', [query]);
    expect(others).toEqual([]);
    expect(line).toMatchObject({
      requestId: 'r-1',
      operation: 'Who',
      kind: 'query',
      identity: 'anonymous',
      status: 200,
      errors: 0,
      hash: expect.stringMatching(/^[0-9a-f]{16}$/),
      durationMs: expect.any(Number),
      bytes: expect.any(Number),
    });
    expect(JSON.stringify(line)).not.toMatch(/secret-value|Ada|user\(/);
  });

  test('names the code of a refusal', async () => {
    const [line] = await collect('all', ['{"query":"{ nobody }"}']);
    expect(line).toMatchObject({ status: 400, code: 'GRAPHQL_VALIDATION_FAILED', errors: 1 });
  });

  test('is silent about what went well where only failures are wanted', async () => {
    expect(await collect('failed', [query, '{'])).toEqual([]);
  });

  test('can be switched off', async () => {
    expect(await collect('none', [query])).toEqual([]);
  });
});
