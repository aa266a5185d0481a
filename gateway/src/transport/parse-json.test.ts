import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ExactNumber } from './exact-number.ts';
import { parseJson } from './parse-json.ts';

function parse(text: string): unknown {
  return parseJson(Buffer.from(text));
}

describe('what a subgraph sent as JSON', () => {
  test('is parsed as JSON.parse does it', () => {
    const json = fc.jsonValue();
    fc.assert(
      fc.property(json, (value) => {
        const text = JSON.stringify(value);
        fc.pre(!text.includes('__proto__') && !/\d{16}/.test(text));
        expect(parse(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  test('keeps every integer exactly, however long, and whatever stands around it', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }),
        fc.string(),
        (integer, text) => {
          const body = `{"before":${JSON.stringify(text)},"n":[${integer}],"after":"${integer}"}`;
          const { n, before, after } = parse(body) as {
            n: unknown[];
            before: string;
            after: string;
          };
          expect(String(n[0])).toBe(String(integer));
          expect(before).toBe(text);
          expect(after).toBe(String(integer));
        },
      ),
    );
  });

  test('makes an exact number only of what a double would change', () => {
    const [safe, large, decimal, power] = parse(
      '[9007199254740991, 9007199254740993, 1234567890123456.5, 12345678901234567e3]',
    ) as unknown[];
    expect(safe).toBe(9007199254740991);
    expect(large).toBeInstanceOf(ExactNumber);
    expect(decimal).toBe(1234567890123456.5);
    expect(power).toBe(12345678901234567e3);
  });

  test('loses keys named __proto__, however they are written, and pollutes nothing', () => {
    const value = parse(
      '{"a":{"__proto__":{"polluted":1},"\\u005f_proto__":{"polluted":1},"b":[{"__pro\\u0074o__":2}]}}',
    ) as { a: Record<string, unknown> };
    expect(JSON.stringify(value)).toBe('{"a":{"b":[{}]}}');
    expect(value.a['polluted']).toBeUndefined();
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test('may be nested deeper than the stack', () => {
    const depth = 100_000;
    const deep = `{"__proto__":1,"a":${'['.repeat(depth)}12345678901234567890${']'.repeat(depth)}}`;
    expect(Object.keys(parse(deep) as object)).toEqual(['a']);
  });

  test('may begin with a byte order mark and hold invalid UTF-8', () => {
    expect(parse('\uFEFF{"a":1}')).toEqual({ a: 1 });
    expect(parseJson(Buffer.from([0x22, 0xff, 0x22]))).toBe('\uFFFD');
  });
});
