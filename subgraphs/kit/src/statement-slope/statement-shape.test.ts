import { expect, test } from '@jest/globals';
import { shapeOf } from './statement-shape.ts';

test.each([
  ['select 1', 'select ?'],
  ['select * from "t1" where "id" in ($1, $2, $3)', 'select * from "t1" where "id" in (?)'],
  ['select * from t where (a, b) in (($1, $2), ($3, $4))', 'select * from t where (a, b) in ((?))'],
  ["where name = 'O''Neill' and age > 17.5", 'where name = ? and age > ?'],
  ['  select\n  id  ', 'select id'],
])('%j has the shape %j', (sql, shape) => {
  expect(shapeOf(sql)).toBe(shape);
});

test('keeps statements apart that ask for different columns', () => {
  expect(shapeOf('select "a" from t')).not.toBe(shapeOf('select "b" from t'));
});
