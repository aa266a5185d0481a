import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatCursor, parseCursor } from './cursor.ts';
import { readPage } from './page.ts';

describe('readPage', () => {
  test('takes the default size when the client names none', () => {
    expect(readPage({})).toMatchObject({ size: 20, isBackward: false });
    expect(readPage({ first: null }, { defaultSize: 5 })).toMatchObject({ size: 5 });
  });

  test('lets `last` go before a default value of `first`', () => {
    expect(readPage({ first: 20, last: 3 })).toMatchObject({ size: 3, isBackward: true });
  });

  test.each([
    [{ first: -1 }, '`first` is -1, but must not be negative.'],
    [{ last: -1 }, '`last` is -1, but must not be negative.'],
    [{ first: 101 }, '`first` is 101, but at most 100 can be asked at once.'],
    [{ after: 'nonsense' }, '`after` is no cursor of this list'],
    [{ before: '' }, '`before` is no cursor of this list'],
    [{ after: Buffer.from('["a",1]').toString('base64url') }, '`after` is no cursor of this list'],
    [{ after: Buffer.from('["a","\\u0000","b"]').toString('base64url') }, '`after` is no cursor'],
  ])('refuses %j as bad input', (pageArguments, message) => {
    expect(() => readPage(pageArguments)).toThrow(message);
    try {
      readPage(pageArguments);
    } catch (error) {
      expect(error).toMatchObject({ extensions: { code: 'BAD_USER_INPUT' } });
    }
  });
});

test('a cursor says after its journey what it said before', () => {
  const text = fc.string().map((each) => each.replaceAll('\0', ''));
  fc.assert(
    fc.property(text, text, text, (order, sortValue, tieBreaker) => {
      const cursor = { order, sortValue, tieBreaker };
      expect(parseCursor(formatCursor(cursor), 'after')).toEqual(cursor);
    }),
  );
});

test('no text makes reading a cursor fail in any other way than as bad input', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.base64String(), fc.json()), (text) => {
      try {
        parseCursor(text, 'after');
      } catch (error) {
        expect(error).toMatchObject({ extensions: { code: 'BAD_USER_INPUT' } });
      }
    }),
  );
});
