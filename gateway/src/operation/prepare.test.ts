import { describe, expect, test } from '@jest/globals';
import { createDeadline } from '@trellis/platform/deadline';
import { buildSchema } from 'graphql';
import { GatewayError } from '../errors.ts';
import type { IncomingOperation } from '../request.ts';
import type { Snapshot } from '../supergraph/snapshot.ts';
import { operationOptions } from './options.ts';
import { createPrepare } from './prepare.ts';

/** The part of a snapshot that preparing reads. */
function makeSnapshot(
  sdl = 'type Query { a: Int b: Query } type Subscription { s: Int }',
): Snapshot {
  return { apiSchema: buildSchema(sdl) } as Snapshot;
}

function incoming(query: string, rest: Partial<IncomingOperation> = {}): IncomingOperation {
  return {
    query,
    operationName: undefined,
    variables: undefined,
    extensions: undefined,
    method: 'POST',
    headers: {},
    signal: new AbortController().signal,
    deadline: createDeadline(1_000),
    ...rest,
  };
}

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof GatewayError) return error.code;
    throw error;
  }
  return 'accepted';
}

describe('preparing an operation', () => {
  const prepare = createPrepare(operationOptions.parse({}), false);

  test('is done once per text, operation name and supergraph', () => {
    const snapshot = makeSnapshot();
    const text = 'query A { a } query B { a }';
    const first = prepare(incoming(text, { operationName: 'A' }), snapshot);
    expect(prepare(incoming(text, { operationName: 'A' }), snapshot)).toBe(first);
    expect(prepare(incoming(text, { operationName: 'B' }), snapshot).hash).not.toBe(first.hash);
    const other = prepare(incoming(text, { operationName: 'A' }), makeSnapshot());
    expect(other).not.toBe(first);
    expect(other.hash).toBe(first.hash);
  });

  test('keeps a bounded number of bytes', () => {
    const small = createPrepare(operationOptions.parse({ maxCacheBytes: 20_000 }), false);
    const snapshot = makeSnapshot();
    const first = small(incoming('{ a }'), snapshot);
    for (let index = 0; index < 100; index += 1) small(incoming(`{ a${index}: a }`), snapshot);
    expect(small(incoming('{ a }'), snapshot)).not.toBe(first);
  });

  test('keeps no locations', () => {
    expect(prepare(incoming('{ a }'), makeSnapshot()).document.loc).toBeUndefined();
  });

  test('says where a problem is', () => {
    try {
      prepare(incoming('{\n  nobody }'), makeSnapshot());
      throw new Error('it was accepted');
    } catch (error) {
      expect((error as GatewayError).errors[0]?.locations).toEqual([{ line: 2, column: 3 }]);
    }
  });

  test.each([
    ['text that nests 100,000 deep', '{b'.repeat(100_000), 'MAX_DEPTH_LIMIT'],
    ['text of too many tokens', `{ ${'a '.repeat(20_000)} }`, 'MAX_TOKENS_LIMIT'],
    [
      'a fragment that spreads itself',
      '{ ...F } fragment F on Query { ...F }',
      'GRAPHQL_VALIDATION_FAILED',
    ],
    ['a subscription', 'subscription { s }', 'SUBSCRIPTION_UNSUPPORTED'],
    ['nothing', '', 'GRAPHQL_PARSE_FAILED'],
  ])('refuses %s', (_what, text, code) => {
    expect(codeOf(() => prepare(incoming(text), makeSnapshot()))).toBe(code);
  });

  test('refuses a mutation over GET although it is known from POST', () => {
    const snapshot = makeSnapshot('type Query { a: Int } type Mutation { m: Int }');
    const text = 'mutation { m }';
    expect(codeOf(() => prepare(incoming(text), snapshot))).toBe('accepted');
    expect(codeOf(() => prepare(incoming(text, { method: 'GET' }), snapshot))).toBe(
      'METHOD_NOT_ALLOWED',
    );
  });
});
