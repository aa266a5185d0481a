import { describe, expect, test } from '@jest/globals';
import { compareAnswer, type AnswerBody } from './compare-answer.ts';
import type { Operation } from './operations.ts';

const operation: Operation = {
  name: 'Stock',
  query: '',
  owners: { products: ['catalog'], 'products.inStock': ['inventory'] },
};
const right: AnswerBody = { data: { products: [{ name: 'a', inStock: true }] } };
const error = { path: ['products', 0, 'inStock'] };

function compare(given: AnswerBody, ...disturbed: string[]) {
  return compareAnswer(operation, { right, given }, new Set(disturbed));
}

describe('comparing an answer with the right one', () => {
  test('counts equal values as right', () => {
    expect(compare(right)).toEqual({ wrong: [], unexplained: [], right: 2, missing: 0 });
  });

  test('finds a wrong value, a value too many and a list of another length, whatever is disturbed', () => {
    for (const products of [
      [{ name: 'b', inStock: true }],
      [],
      [{ name: 'a', inStock: true, x: 1 }],
    ]) {
      expect(compare({ data: { products } }, 'inventory', 'catalog').wrong).not.toEqual([]);
    }
  });

  test('takes a null with an error while its service is disturbed', () => {
    const given = { data: { products: [{ name: 'a', inStock: null }] }, errors: [error] };
    expect(compare(given, 'inventory')).toMatchObject({ unexplained: [], missing: 1, right: 1 });
    expect(compare(given, 'catalog')).toMatchObject({ unexplained: [] });
    expect(compare(given, 'reviews').unexplained).toEqual(['products.0.inStock']);
    expect(compare({ data: given.data }, 'inventory').unexplained).toEqual(['products.0.inStock']);
  });

  test('takes a null that bubbled up from below', () => {
    const given = { data: { products: null }, errors: [error] };
    expect(compare(given, 'inventory')).toMatchObject({ unexplained: [], missing: 2 });
  });
});
