import { describe, expect, test } from '@jest/globals';
import { createMemoryLimiter } from './memory-limiter.ts';

const policy = { name: 'test', points: 2, seconds: 60 };

describe('counting in memory', () => {
  test('keeps so many callers at most, and forgets those that asked least recently', async () => {
    const limiter = createMemoryLimiter(policy, 1_000);
    const isAllowed = async (key: string): Promise<boolean> =>
      (await limiter.take(key, 1)).isAllowed;
    await limiter.take('busy', 2);
    await limiter.take('quiet', 2);
    for (let at = 0; at < 3_000; at += 1) {
      await limiter.take(`flood ${at}`, 1);
      if (at % 500 === 0) expect(await isAllowed('busy')).toBe(false);
    }
    expect(await isAllowed('busy')).toBe(false);
    expect((await limiter.look('quiet')).remaining).toBe(2);
    expect((await limiter.look('flood 0')).remaining).toBe(2);
    expect((await limiter.look('flood 2999')).remaining).toBe(1);
    expect(await isAllowed('quiet')).toBe(true);
  });

  test('gives back what was refused', async () => {
    const limiter = createMemoryLimiter(policy);
    await limiter.take('a', 1);
    expect(await limiter.take('a', 5)).toMatchObject({ isAllowed: false, remaining: 1 });
    expect(await limiter.take('a', 1)).toMatchObject({ isAllowed: true, remaining: 0 });
  });
});
