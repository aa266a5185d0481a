import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createRequestRecord, outcomeChannel } from '../channels.ts';
import { watchErrors, type ErrorWatch } from './watch-errors.ts';

const options = { isEnabled: true, windowMs: 60_000, minRequests: 10, maxErrorIncrease: 0.3 };

describe('errors after a swap', () => {
  let watch: ErrorWatch;
  let jumps: string[];
  beforeEach(() => {
    watch = watchErrors(options);
    jumps = [];
  });
  afterEach(() => watch.stop());

  function answer(
    supergraphId: string,
    count: number,
    outcome: { errors?: number; status?: number } = {},
  ) {
    for (let at = 0; at < count; at += 1) {
      const record = createRequestRecord('r');
      record.supergraphId = supergraphId;
      record.errorCount = outcome.errors ?? 0;
      record.status = outcome.status ?? 200;
      outcomeChannel.publish(record);
    }
  }
  const begin = (): void =>
    watch.begin('new', { onJump: (reason) => jumps.push(reason), onPassed: () => undefined });

  test('are a jump when their share grows by more than the setting, and are told once', () => {
    answer('old', 18);
    answer('old', 2, { errors: 1 });
    begin();
    answer('new', 6);
    answer('new', 10, { errors: 1 });
    expect(jumps).toEqual(['45% of 11 requests had errors, 10% before']);
  });

  test('count as refusals too', () => {
    answer('old', 20);
    begin();
    answer('new', 12, { status: 400, errors: 1 });
    expect(jumps).toHaveLength(1);
  });

  test.each([
    ['few requests came before', () => answer('old', 9), () => answer('new', 50, { errors: 1 })],
    ['few requests came since', () => answer('old', 50), () => answer('new', 9, { errors: 1 })],
    [
      'there were as many before',
      () => answer('old', 50, { errors: 1 }),
      () => answer('new', 50, { errors: 1 }),
    ],
    [
      'they are those of the old one',
      () => answer('old', 50),
      () => answer('old', 50, { errors: 1 }),
    ],
    [
      'callers may not ask',
      () => answer('old', 50),
      () => answer('new', 50, { errors: 1, status: 401 }),
    ],
    ['clients left', () => answer('old', 50), () => answer('new', 50, { errors: 1, status: 499 })],
  ])('are no jump when %s', (_why, before, after) => {
    before();
    begin();
    after();
    expect(jumps).toEqual([]);
  });

  test('are nobody’s business once the window is over', async () => {
    watch.stop();
    watch = watchErrors({ ...options, windowMs: 100 });
    answer('old', 50);
    const passed = new Promise<void>((resolve) => {
      watch.begin('new', { onJump: (reason) => jumps.push(reason), onPassed: resolve });
    });
    await passed;
    answer('new', 50, { errors: 1 });
    expect(jumps).toEqual([]);
  });
});
