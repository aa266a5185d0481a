import { describe, expect, test } from '@jest/globals';
import { createLog } from './log.ts';
import { startTracing } from './start-tracing.ts';
import type { Tracing } from './tracing.ts';

const log = createLog('test', { LOG_LEVEL: 'silent' });

function start(env: NodeJS.ProcessEnv, endpoint?: string): Promise<Tracing | undefined> {
  return startTracing({ serviceName: 'test', env, log, endpoint });
}

describe('tracing', () => {
  test.each([
    [{}, undefined],
    [{ OTEL_TRACES_EXPORTER: 'none' }, 'http://127.0.0.1:1'],
    [{ OTEL_SDK_DISABLED: 'true', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' }, undefined],
  ])('is off with %j and the endpoint %p', async (env, endpoint) => {
    expect(await start(env, endpoint)).toBeUndefined();
  });

  test.each([
    [{}, 'http://127.0.0.1:1'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' }, undefined],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:1/x' }, undefined],
    [{ OTEL_TRACES_EXPORTER: 'otlp' }, undefined],
  ])('is on with %j and the endpoint %p', async (env, endpoint) => {
    const tracing = await start(env, endpoint);
    expect(tracing).toBeDefined();
    await tracing?.stop();
  });

  test('says what is wrong with an address', async () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'localhost:4318' };
    await expect(start(env)).rejects.toThrow('"localhost:4318/v1/traces", not http:// or https://');
  });

  test('records the part of new traces that was asked for, and what callers record', async () => {
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1',
      OTEL_TRACES_SAMPLER_ARG: '0.25',
    };
    const tracing = await start(env);
    const ids = Array.from({ length: 2_000 }, (_each, at) =>
      (BigInt(at) * 0x9e3779b97f4a7c15f39cc0605cedc835n).toString(16).padStart(32, '0').slice(-32),
    );
    const recorded = ids.filter((id) => tracing?.isSampled(id, undefined)).length;
    expect(recorded).toBeGreaterThan(400);
    expect(recorded).toBeLessThan(600);
    expect(ids.every((id) => tracing?.isSampled(id, true))).toBe(true);
    expect(ids.some((id) => tracing?.isSampled(id, false))).toBe(false);
    await tracing?.stop();
  });
});
