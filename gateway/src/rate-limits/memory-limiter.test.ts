import { describe, expect, test } from '@jest/globals';
import { createMemoryLimiter } from './memory-limiter.ts';

const policy = { name: 'test', points: 2, seconds: 60 };

describe('counting in memory', () => {
  test('keeps so many callers at most, and forgets those that asked least recently', () => {
    const limiter = createMemoryLimiter(policy, 225_000);
    const isAllowed = (key: string): boolean => limiter.take(key, 1).isAllowed;
    limiter.take('busy', 2);
    limiter.take('quiet', 2);
    for (let at = 0; at < 3_000; at += 1) {
      limiter.take(`flood ${at}`, 1);
      if (at % 500 === 0) expect(isAllowed('busy')).toBe(false);
    }
    expect(isAllowed('busy')).toBe(false);
    expect(limiter.look('quiet').remaining).toBe(2);
    expect(limiter.look('flood 0').remaining).toBe(2);
    expect(limiter.look('flood 2999').remaining).toBe(1);
    expect(isAllowed('quiet')).toBe(true);
  });

  test('gives back what was refused', () => {
    const limiter = createMemoryLimiter(policy);
    limiter.take('a', 1);
    expect(limiter.take('a', 5)).toMatchObject({ isAllowed: false, remaining: 1 });
    expect(limiter.take('a', 1)).toMatchObject({ isAllowed: true, remaining: 0 });
  });
});
