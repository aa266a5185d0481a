import { describe, expect, test } from '@jest/globals';
import { failAsAWhole, wantsWholeAnswer } from './whole-answer.ts';

describe('an operation that wants all or nothing', () => {
  test('says so in the extension trellis.partial, and nothing else counts', () => {
    expect(wantsWholeAnswer({ extensions: { trellis: { partial: false } } })).toBe(true);
    for (const extensions of [
      undefined,
      {},
      { trellis: null },
      { trellis: 'x' },
      { trellis: { partial: true } },
      { trellis: { partial: 'false' } },
      { partial: false },
    ]) {
      expect(wantsWholeAnswer({ extensions })).toBe(false);
    }
  });

  test('loses its data when there is an error, keeps the errors, and is untouched without', () => {
    const error = { message: 'A subgraph cannot be reached.', path: ['a'] };
    const partial = JSON.stringify({ data: { a: null, b: 1 }, errors: [error] });
    const failed = failAsAWhole({ body: partial, errorCount: 1 });
    expect(JSON.parse(failed.body)).toEqual({ data: null, errors: [error] });
    const whole = { body: '{"data":{"a":1}}', errorCount: 0 };
    expect(failAsAWhole(whole)).toBe(whole);
  });
});
