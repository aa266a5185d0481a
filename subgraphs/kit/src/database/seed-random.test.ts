import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createSeedRandom } from './seed-random.ts';

describe('createSeedRandom', () => {
  test('gives the same to the same name, and something else to another', () => {
    const draw = (name: string): readonly number[] => {
      const random = createSeedRandom(name);
      return Array.from({ length: 20 }, () => random.integer(0, 1_000_000));
    };
    expect(draw('order 17')).toEqual(draw('order 17'));
    expect(draw('order 17')).not.toEqual(draw('order 18'));
    expect(draw('order 17').slice(0, 3)).toEqual([510_554, 982_014, 495_558]);
  });

  test('stays within the bounds it was given', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer(), fc.nat(1_000_000), (name, least, span) => {
        const value = createSeedRandom(name).integer(least, least + span);
        return Number.isInteger(value) && value >= least && value <= least + span;
      }),
    );
  });

  test('spreads evenly', () => {
    const counts = Array.from({ length: 10 }, () => 0);
    for (let index = 0; index < 20_000; index += 1) {
      const value = createSeedRandom(`row ${index}`).integer(0, 9);
      counts[value] = (counts[value] ?? 0) + 1;
    }
    for (const count of counts) expect(Math.abs(count - 2_000)).toBeLessThan(200);
  });

  test('picks by weight and never what weighs nothing', () => {
    const picked = { often: 0, seldom: 0, never: 0 };
    for (let index = 0; index < 4_000; index += 1) {
      const choice = createSeedRandom(`pick ${index}`).weighted([
        ['often', 3],
        ['never', 0],
        ['seldom', 1],
      ] as const);
      picked[choice] += 1;
    }
    expect(picked.never).toBe(0);
    expect(picked.often / picked.seldom).toBeGreaterThan(2.5);
    expect(picked.often / picked.seldom).toBeLessThan(3.5);
  });

  test('refuses to pick from nothing', () => {
    expect(() => createSeedRandom('a').pick([])).toThrow('nothing to pick from');
    expect(() => createSeedRandom('a').weighted([])).toThrow('nothing to pick from');
  });
});
