import { expect, test } from '@jest/globals';
import { idPrefixes, newId, seedId, type IdKind } from './seed-id.ts';

const kinds = Object.keys(idPrefixes) as IdKind[];

test('makes the same id for the same index, today and forever', () => {
  expect(seedId('order', 9_999)).toBe('ord_n3q79vmny41y');
  expect(seedId('user', 71)).toBe('usr_37mjngej0ast');
  expect(seedId('warehouse', 3)).toBe('whs_r0szera2gw7a');
});

test('gives no two of 100,000 seeded things the same id', () => {
  const ids = new Set<string>();
  for (let index = 0; index < 100_000; index += 1) ids.add(seedId('orderLine', index));
  expect(ids.size).toBe(100_000);
});

test('has a prefix of its own for each kind', () => {
  expect(new Set(Object.values(idPrefixes)).size).toBe(kinds.length);
});

test('makes new ids in the same form', () => {
  const pattern = /^ord_[0-9abcdefghjkmnpqrstvwxyz]{12}$/;
  expect(seedId('order', 0)).toMatch(pattern);
  const ids = Array.from({ length: 10_000 }, () => newId('order'));
  for (const id of ids) expect(id).toMatch(pattern);
  expect(new Set(ids).size).toBe(ids.length);
});
