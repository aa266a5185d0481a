import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  anonymous,
  createIdentitySigner,
  createIdentityVerifier,
  type Identity,
} from './identity.ts';
import { makeWireKey } from './wire-keys.ts';

const key = makeWireKey('0123456789abcdef0123456789abcdef');
const otherKey = makeWireKey('ffffffffffffffffffffffffffffffff');
const start = Date.parse('2026-03-01T12:00:00Z');

const ada: Identity = {
  kind: 'user',
  subject: 'usr_ada',
  roles: ['SUPPORT'],
  scopes: ['orders:read'],
  attributes: { region: 'EU_NORTH' },
};

const identities: fc.Arbitrary<Identity> = fc.record({
  kind: fc.constantFrom('anonymous', 'user', 'service'),
  subject: fc.option(fc.string()),
  roles: fc.array(fc.string()),
  scopes: fc.array(fc.string()),
  attributes: fc.dictionary(
    fc.string().filter((name) => name !== '__proto__'),
    fc.string(),
  ),
});

describe('the identity header', () => {
  test('carries every identity to the subgraph it is for', () => {
    fc.assert(
      fc.property(identities, fc.string({ minLength: 1 }), (identity, audience) => {
        const sign = createIdentitySigner(key, () => start);
        const verify = createIdentityVerifier([key], audience, () => start);
        expect(verify(sign(identity, audience))).toEqual(identity);
      }),
    );
  });

  test('never carries an attribute named __proto__', () => {
    const sign = createIdentitySigner(key, () => start);
    const verify = createIdentityVerifier([key], 'orders', () => start);
    const attributes = JSON.parse('{ "__proto__": "x", "region": "EU" }') as Record<string, string>;
    expect(verify(sign({ ...ada, attributes }, 'orders')).attributes).toEqual({ region: 'EU' });
  });

  test('is refused when any of its characters is changed', () => {
    const header = createIdentitySigner(key, () => start)(ada, 'orders');
    const verify = createIdentityVerifier([key], 'orders', () => start);
    fc.assert(
      fc.property(fc.nat(header.length - 1), fc.constantFrom('A', '.', '_', '0'), (at, letter) => {
        const forged = header.slice(0, at) + letter + header.slice(at + 1);
        fc.pre(forged !== header);
        // The last character of unpadded base64url holds spare bits: two spellings, one signature.
        fc.pre(at !== header.length - 1);
        expect(() => verify(forged)).toThrow();
      }),
    );
  });

  test.each([
    ['missing', undefined, 'missing'],
    ['empty', '', 'malformed'],
    ['of another version', 'v2.a.b.c', 'malformed'],
    ['too long', 'v1.a.b.c.d', 'malformed'],
    [
      'of an unknown key',
      createIdentitySigner(otherKey, () => start)(ada, 'orders'),
      'unknown key',
    ],
    [
      'for another subgraph',
      createIdentitySigner(key, () => start)(ada, 'payments'),
      'another subgraph',
    ],
  ])('is refused when it is %s', (_what, header, message) => {
    const verify = createIdentityVerifier([key], 'orders', () => start);
    expect(() => verify(header)).toThrow(message);
  });

  test('expires', () => {
    const header = createIdentitySigner(key, () => start)(ada, 'orders');
    const verifyAt = (seconds: number) =>
      createIdentityVerifier([key], 'orders', () => start + seconds * 1000)(header);
    expect(verifyAt(59)).toEqual(ada);
    expect(() => verifyAt(81)).toThrow('expired');
  });

  test('is accepted with every key of a rotation', () => {
    const verify = createIdentityVerifier([key, otherKey], 'orders', () => start);
    expect(verify(createIdentitySigner(otherKey, () => start)(ada, 'orders'))).toEqual(ada);
    expect(verify(createIdentitySigner(key, () => start)(anonymous, 'orders'))).toEqual(anonymous);
  });

  test('is signed once for a caller who asks often', () => {
    let now = start;
    const sign = createIdentitySigner(key, () => now);
    const first = sign(ada, 'orders');
    now += 5_000;
    expect(sign(ada, 'orders')).toBe(first);
    now += 60_000;
    expect(sign(ada, 'orders')).not.toBe(first);
  });
});
