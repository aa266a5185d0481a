import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { writeHeaderValues } from './write-header-values.ts';

const names = ['a', 'b', 'c'];
const values = fc.array(
  fc.option(fc.string({ unit: fc.constantFrom('-', ':', '1', '2', 'x', ' '), maxLength: 4 }), {
    nil: undefined,
  }),
  { minLength: 3, maxLength: 3 },
);
const headersOf = (list: readonly (string | undefined)[]): Record<string, string | undefined> =>
  Object.fromEntries(names.map((name, at) => [name, list[at]]));

describe('writeHeaderValues', () => {
  test('writes different values differently, whatever stands in them', () => {
    fc.assert(
      fc.property(values, values, (one, other) => {
        const isSame = JSON.stringify(one) === JSON.stringify(other);
        const [first, second] = [one, other].map((list) =>
          writeHeaderValues(names, headersOf(list)),
        );
        expect(first === second).toBe(isSame);
      }),
      { numRuns: 2_000 },
    );
  });

  test('tells an absent header from an empty one', () => {
    expect(writeHeaderValues(['a'], {})).not.toBe(writeHeaderValues(['a'], { a: '' }));
  });
});
