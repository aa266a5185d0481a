import { describe, expect, test } from '@jest/globals';
import { atOnce, createPace, inTurns, type Turns } from './turns.ts';

function busyFor(durationMs: number): void {
  const until = performance.now() + durationMs;
  while (performance.now() < until);
}

function* count(): Turns<number> {
  let sum = 0;
  for (let at = 1; at <= 3; at += 1) {
    sum += at;
    yield;
  }
  return sum;
}

describe('work in turns', () => {
  test('lets others have their turn after each piece', async () => {
    const seen: string[] = [];
    const other = (): void => {
      if (seen.push('other') < 3) setImmediate(other);
    };
    setImmediate(other);
    expect(await inTurns(count())).toBe(6);
    expect(seen.length).toBeGreaterThanOrEqual(2);
  });

  test('has the same result without a pause', () => {
    expect(atOnce(count())).toBe(6);
  });

  test('of many small pieces pauses once they have taken a few milliseconds', () => {
    const pace = createPace();
    busyFor(10);
    expect(pace().next().done).toBe(false);
    function* small(): Turns<void> {
      const paceOfSmall = createPace();
      for (let at = 0; at < 1_000; at += 1) yield* paceOfSmall();
    }
    // However slow the machine: not one pause per piece.
    expect([...small()].length).toBeLessThan(1_000);
  });

  test('fails with the error of its piece', async () => {
    function* failing(): Turns<number> {
      yield;
      throw new Error('no more');
    }
    await expect(inTurns(failing())).rejects.toThrow('no more');
  });
});
