import { describe, expect, test } from '@jest/globals';
import { RequestHeaders } from './request-headers.ts';

describe('RequestHeaders', () => {
  test('refuse a value with a line break, or with what is no byte', () => {
    for (const value of ['b\r\nx-admin: 1', 'b\nc', 'b\rc', '\u0000', '\u007f', 'ü\u0141', '😀']) {
      expect(() => new RequestHeaders().addForeign('x-a', value)).toThrow('"x-a"');
    }
  });

  test('read the same as lines and as a list', () => {
    const headers = new RequestHeaders()
      .addOwn('x-a', 'b: c')
      .addForeign('x-empty', '')
      .addForeign('x-latin', 'ü\t ÿ');
    expect(headers.lines).toBe('x-a: b: c\r\nx-empty: \r\nx-latin: ü\t ÿ\r\n');
    expect(headers.toList()).toEqual(['x-a', 'b: c', 'x-empty', '', 'x-latin', 'ü\t ÿ']);
  });

  test('that were copied leave what they were copied from as it is', () => {
    const fixed = new RequestHeaders().addOwn('a', '1');
    fixed.copy().addOwn('b', '2');
    expect(fixed.toList()).toEqual(['a', '1']);
  });
});
