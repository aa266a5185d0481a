import { describe, expect, test } from '@jest/globals';
import { array, assert, constantFrom, integer, property, string, tuple } from 'fast-check';
import { ShortLivedMap } from './short-lived-map.ts';

/** Does the same to a ShortLivedMap and to a Map, and compares what they hold after each step. */
function expectToHoldTheSame(
  steps: readonly (readonly [string, string, number])[],
  keys: readonly string[],
): void {
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
    for (const each of keys) expect(map.get(each)).toBe(model.get(each));
  }
}

const verb = constantFrom('set', 'delete');

describe('ShortLivedMap', () => {
  test('holds what a Map holds', () => {
    const keys = ['a', 'b', 'c'];
    assert(
      property(array(tuple(verb, constantFrom(...keys), integer())), (steps) => {
        expectToHoldTheSame(steps, keys);
      }),
    );
  });

  test('tells keys apart that differ in any place, however long they are', () => {
    const places = integer({ min: 0, max: 299 });
    assert(
      property(array(tuple(verb, places, integer())), string(), (steps, text) => {
        const keyOf = (place: number): string =>
          `${text}${'.'.repeat(place)}!${'.'.repeat(299 - place)}`;
        expectToHoldTheSame(
          steps.map(([each, place, value]) => [each, keyOf(place), value] as const),
          [...new Set(steps.map(([, place]) => keyOf(place)))],
        );
      }),
      { numRuns: 30 },
    );
  });

  test('grows, and is empty again when all have left', () => {
    const map = new ShortLivedMap<number>();
    const keys = Array.from({ length: 10_000 }, (_, at) => `caller-${at}`);
    for (const [at, key] of keys.entries()) map.set(key, at);
    expect(keys.map((key) => map.get(key))).toEqual([...keys.keys()]);
    for (const key of keys) map.delete(key);
    expect(keys.filter((key) => map.get(key) !== undefined)).toEqual([]);
  });
});
