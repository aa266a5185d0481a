import { describe, expect, test } from '@jest/globals';
import { getOperationAST, parse, stripIgnoredCharacters } from 'graphql';
import { hideLiterals } from './hide-literals.ts';

function hide(text: string, name?: string): string {
  const document = parse(text);
  const operation = getOperationAST(document, name);
  if (!operation) throw new Error('no operation');
  return hideLiterals(document, operation);
}

describe('an operation in the usage log', () => {
  test.each([
    ['{ a(b: "secret") }', '{a(b:"")}'],
    ['{ a(b: """secret""") }', '{a(b:"")}'],
    ['{ a(b: 4711, c: -1.5) }', '{a(b:0 c:0.0)}'],
    ['{ a(b: [1, 2, 3], c: ["x", null, "y"]) }', '{a(b:[0]c:[""null])}'],
    ['{ a(b: {c: "x", d: [{e: 1}, {e: 2}, {f: 3}]}) }', '{a(b:{c:"",d:[{e:0}{f:0}]})}'],
    [
      'query Q($v: Int = 5) { a(b: $v) @include(if: true) }',
      'query Q($v:Int=0){a(b:$v)@include(if:true)}',
    ],
    ['{ a(b: RED) }', '{a(b:RED)}'],
  ])('%s is kept as %s', (text, hidden) => {
    expect(hide(text)).toBe(stripIgnoredCharacters(hidden));
  });

  test('is the one that ran, with its fragments and no others', () => {
    const text = `query A { x ...F } query B { y ...G } fragment F on T { f } fragment G on T { g }`;
    expect(hide(text, 'A')).toBe('query A{x ...F}fragment F on T{f}');
  });

  test('is the same whatever values stand in it', () => {
    expect(hide('{ a(b: "x", c: [1]) }')).toBe(hide('{ a(b: "other", c: [4, 5, 6]) }'));
  });
});
