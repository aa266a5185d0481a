import { describe, expect, test } from '@jest/globals';
import { createBackoff } from './backoff.ts';

describe('the time before a worker is started again', () => {
  test('doubles with each short life, up to ten seconds, and begins anew after a long one', () => {
    const backoff = createBackoff();
    const waits = Array.from({ length: 9 }, () => backoff.next(50));
    expect(waits).toEqual([100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000]);
    expect([backoff.next(30_001), backoff.next(0)]).toEqual([100, 200]);
  });
});
