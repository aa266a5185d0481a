import { describe, expect, test } from '@jest/globals';
import { array, assert, constantFrom, integer, property, tuple } from 'fast-check';
import { ShortLivedMap } from './short-lived-map.ts';

describe('ShortLivedMap', () => {
  test('holds what a Map holds', () => {
    const step = tuple(constantFrom('set', 'delete'), constantFrom('a', 'b', 'c'), integer());
    assert(
      property(array(step), (steps) => {
        const map = new ShortLivedMap<number>();
        const model = new Map<string, number>();
        for (const [verb, key, value] of steps) {
          if (verb === 'set') {
            map.set(key, value);
            model.set(key, value);
          } else {
            map.delete(key);
            model.delete(key);
          }
          for (const each of ['a', 'b', 'c']) expect(map.get(each)).toBe(model.get(each));
        }
      }),
    );
  });
});
