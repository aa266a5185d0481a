import { describe, expect, test } from '@jest/globals';
import { array, assert, property, string } from 'fast-check';
import { FetchFailure } from './fetch-failure.ts';
import { readResponse } from './read-response.ts';

function read(body: string) {
  return readResponse(Buffer.from(body), 'orders');
}

describe('the response format', () => {
  test.each([
    '',
    'null',
    '[]',
    '"x"',
    '1',
    '{',
    '{}',
    '{"data":"oops"}',
    '{"data":[]}',
    '{"data":null}',
    '{"data":null,"errors":[]}',
    '{"errors":[]}',
    '{"errors":"boom"}',
    '{"errors":{"message":"boom"}}',
    '{"data":{},"errors":[null]}',
    '{"data":{},"errors":[{}]}',
    '{"data":{},"errors":[{"message":1}]}',
    '<html>',
  ])('is not met by %p', (body) => {
    expect(() => read(body)).toThrow(FetchFailure);
    expect(() => read(body)).toThrow(
      'A subgraph answered with something that is no GraphQL response.',
    );
  });

  test.each([
    '{"data":{}}',
    '{"data":{},"errors":[]}',
    '{"data":{},"errors":null}',
    '{"data":null,"errors":[{"message":"no"}]}',
    '{"errors":[{"message":"no"}]}',
  ])('is met by %p', (body) => {
    expect(() => read(body)).not.toThrow();
  });

  test('keeps only paths that can be one, and nothing of an error but message, path and extensions', () => {
    const errors = [
      { message: 'a', path: ['x', 0], locations: [{ line: 0, column: 0 }], extra: 1 },
      { message: 'b', path: ['x', -1] },
      { message: 'c', path: [{}], extensions: 'secret' },
    ];
    expect(read(JSON.stringify({ data: {}, errors })).errors).toEqual([
      { message: 'a', path: ['x', 0], extensions: undefined },
      { message: 'b', path: undefined, extensions: undefined },
      { message: 'c', path: undefined, extensions: undefined },
    ]);
  });

  test('keeps at most two kilobytes of an unusable body for the log, and none for clients', () => {
    const body = `secret ${'x'.repeat(100_000)}`;
    try {
      read(body);
      throw new Error('was read');
    } catch (error) {
      const { message, bodyExcerpt, detail } = error as FetchFailure;
      expect(message).not.toContain('secret');
      expect(detail).not.toContain('secret');
      expect(bodyExcerpt).toHaveLength(2048);
    }
  });
});

describe('isPlain', () => {
  test('is claimed only where no string needs an escape', () => {
    assert(
      property(array(string({ unit: 'binary' })), (texts) => {
        const response = read(JSON.stringify({ data: { texts } }));
        const isPlain = texts.every((text) => JSON.stringify(text) === `"${text}"`);
        expect(response.isPlain).toBe(isPlain);
        expect(response.data).toEqual({ texts });
      }),
    );
  });

  test('is not claimed where an escape was not needed but used', () => {
    expect(read('{"data":{"a":"\\u0041"}}').isPlain).toBe(false);
  });
});

describe('extensions of errors', () => {
  test('are kept as they are up to 64 levels, and left out beyond', () => {
    const nest = (levels: number): string =>
      `{"errors":[{"message":"m","extensions":{"a":${'['.repeat(levels)}${']'.repeat(levels)}}}]}`;
    expect(read(nest(60)).errors?.[0]?.extensions).toHaveProperty('a');
    expect(read(nest(70)).errors?.[0]).toMatchObject({ message: 'm', extensions: undefined });
    expect(read(nest(50_000)).errors?.[0]).toMatchObject({ message: 'm', extensions: undefined });
  });
});
