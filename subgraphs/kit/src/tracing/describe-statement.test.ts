import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { describeStatement } from './describe-statement.ts';

const describeSql = (sql: string) => describeStatement({ service: 'orders', sql }, undefined);

describe('the span of a statement', () => {
  test.each([
    ['select "id" from "order" where "id" = any($1)', 'SELECT order'],
    ['insert into order_line (id) values ($1)', 'INSERT order_line'],
    ['update "order" set status = $1', 'UPDATE order'],
    ['begin', 'BEGIN'],
  ])('is named after what %s does and where', (sql, name) => {
    const span = describeSql(sql);
    expect(span.name).toBe(name);
    expect(span.attributes['db.query.text']).toBe(sql);
  });

  test('shows no text or number that somebody wrote into it', () => {
    const text =
      "select * from a where b = 'it''s secret' and c = 4711 and d = $tag$ secret $tag$ limit $1";
    expect(describeSql(text).attributes['db.query.text']).toBe(
      'select * from a where b = ? and c = ? and d = ? limit $1',
    );
  });

  test('never shows a quoted value', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        const quoted = `'${`secret${value}`.replaceAll("'", "''")}'`;
        const shown = describeSql(`select 1 from a where b = ${quoted}`).attributes[
          'db.query.text'
        ];
        expect(shown).not.toContain('secret');
      }),
    );
  });

  test('names the code of an error, not its message', () => {
    const error = Object.assign(new Error('Key (email)=(ada@example) exists'), { code: '23505' });
    expect(describeStatement({ service: 'orders', sql: 'select 1' }, error).error).toBe('23505');
    expect(describeStatement({ service: 'orders', sql: 'select 1' }, 'no error').error).toBe(
      'error',
    );
  });
});
