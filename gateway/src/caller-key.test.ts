import { describe, expect, test } from '@jest/globals';
import { createDeadline } from '@trellis/platform/deadline';
import { anonymous, type Identity } from '@trellis/platform/identity';
import { readTraceContext } from '@trellis/platform/trace-context';
import { createCallerKey } from './caller-key.ts';
import type { RequestContext } from './request.ts';

function caller(identity: Identity, headers: Record<string, string> = {}): RequestContext {
  const trace = readTraceContext(undefined, undefined);
  const { signal } = new AbortController();
  return { id: 'x', identity, headers, signal, trace, deadline: createDeadline(1_000) };
}

const ada: Identity = { ...anonymous, kind: 'user', subject: 'ada', scopes: ['a', 'b'] };
const subgraphs = ['users', 'reviews'];

describe('the key of a caller', () => {
  test('differs between identities and is equal for equal ones', () => {
    const key = createCallerKey(subgraphs, {});
    expect(key(caller(ada), 'users')).toBe(key(caller({ ...ada }), 'users'));
    for (const other of [
      anonymous,
      { ...ada, subject: 'eve' },
      { ...ada, scopes: ['a b'] },
      { ...ada, attributes: { region: 'eu' } },
    ]) {
      expect(key(caller(other), 'users')).not.toBe(key(caller(ada), 'users'));
    }
  });

  test('ignores headers that go nowhere', () => {
    const key = createCallerKey(subgraphs, {});
    expect(key(caller(ada, { 'x-request-id': '1' }), undefined)).toBe(key(caller(ada), undefined));
  });

  test('tells callers apart by the headers that travel on, for the subgraphs they travel to', () => {
    const key = createCallerKey(subgraphs, { users: { propagateHeaders: ['accept-language'] } });
    const german = caller(ada, { 'accept-language': 'de' });
    const french = caller(ada, { 'accept-language': 'fr' });
    expect(key(german, 'users')).not.toBe(key(french, 'users'));
    expect(key(german, 'reviews')).toBe(key(french, 'reviews'));
    expect(key(german, undefined)).not.toBe(key(french, undefined));
  });
});
