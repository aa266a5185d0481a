import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { median, percentile } from './percentile.ts';

test('percentiles are values that occurred', () => {
  const values = Array.from({ length: 100 }, (_, index) => index + 1);
  equal(percentile(values, 50), 50);
  equal(percentile(values, 99), 99);
  equal(percentile([7], 99), 7);
  equal(percentile([], 50), Number.NaN);
});

test('the median of an even number of values lies between the middle two', () => {
  equal(median([9, 1, 5]), 5);
  equal(median([1, 10, 2, 4]), 3);
  equal(median([]), Number.NaN);
});
