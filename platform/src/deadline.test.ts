import { describe, expect, test } from '@jest/globals';
import { createDeadline, readDeadline } from './deadline.ts';

describe('a deadline', () => {
  test('shrinks with time and is never negative', () => {
    let now = 100;
    const deadline = createDeadline(50, () => now);
    expect(deadline.remainingMs()).toBe(50);
    now = 120;
    expect(deadline.remainingMs()).toBe(30);
    now = 1_000;
    expect(deadline.remainingMs()).toBe(0);
  });

  test.each([
    ['absent', undefined, 3_000],
    ['shorter than the default', '250', 250],
    ['longer than the default', '60000', 3_000],
    ['negative', '-5', 3_000],
    ['no number', '5s', 3_000],
    ['beyond any number', '9'.repeat(400), 3_000],
  ])('is read from a header that is %s', (_what, header, expected) => {
    const left = readDeadline(header, 3_000).remainingMs();
    expect(left).toBeLessThanOrEqual(expected);
    expect(left).toBeGreaterThan(expected - 200);
  });
});
