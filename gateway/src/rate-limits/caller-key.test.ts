import { describe, expect, test } from '@jest/globals';
import { anonymous } from '@trellis/platform/identity';
import { callerKey } from './caller-key.ts';

describe('callerKey', () => {
  test.each([
    ['192.0.2.7', 'address:192.0.2.7'],
    ['::ffff:192.0.2.7', 'address:192.0.2.7'],
    ['2001:db8:1:2::1', 'address:20010db800010002'],
    ['2001:db8:1:2:ffff::9', 'address:20010db800010002'],
    ['2001:db8:1:3::1', 'address:20010db800010003'],
    ['192.0.2.7:51234', 'address:192.0.2.7'],
    ['[2001:db8:1:3::1]:443', 'address:20010db800010003'],
    ['[2001:db8:1:3::1]', 'address:20010db800010003'],
    ['[192.0.2.7]:9', 'address:192.0.2.7'],
    ['999.999', 'address:unknown'],
    ['[[::1]]', 'address:unknown'],
    ['nonsense', 'address:unknown'],
    [undefined, 'address:unknown'],
  ])('tells anonymous callers at %s apart as %s', (address, expected) => {
    expect(callerKey(anonymous, address)).toBe(expected);
  });

  test('tells users and services apart by subject, wherever they are', () => {
    const user = { ...anonymous, kind: 'user' as const, subject: 'anna' };
    expect(callerKey(user, '192.0.2.7')).toBe('user:anna');
    expect(callerKey({ ...user, kind: 'service' }, undefined)).toBe('service:anna');
  });
});
