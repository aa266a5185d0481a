import { describe, expect, test } from '@jest/globals';
import { Kind, parse, print, type OperationDefinitionNode } from 'graphql';
import { splitRootFields } from './split-root-fields.ts';

const split = (text: string): string[] => {
  const [operation] = parse(text).definitions as [OperationDefinitionNode];
  return splitRootFields(operation.selectionSet.selections).map((selections) =>
    print({ kind: Kind.SELECTION_SET, selections }).replace(/\s+/g, ' '),
  );
};

describe('the root fields of a mutation', () => {
  test('run one by one, in the order of the operation', () => {
    expect(split('mutation { b { id } a { id } }')).toEqual(['{ b { id } }', '{ a { id } }']);
  });

  // A random operation was found to pay twice: the same field stood in it twice.
  test('run once each, however often they are selected', () => {
    expect(split('mutation { pay { id } log pay { total } }')).toEqual([
      '{ pay { id } pay { total } }',
      '{ log }',
    ]);
  });

  test('keep the conditions of the fragments they stand in', () => {
    expect(
      split('mutation ($x: Boolean!) { ... @skip(if: $x) { a b } a @include(if: $x) }'),
    ).toEqual([
      '{ ... @skip(if: $x) { a } }',
      '{ ... @skip(if: $x) { b } }',
      '{ a @include(if: $x) }',
    ]);
  });

  test('run where the first stands that is not skipped', () => {
    expect(
      split('mutation ($x: Boolean!) { pay @include(if: $x) { id } log pay { total } }'),
    ).toEqual([
      '{ pay @include(if: $x) { id } ... @include(if: $x) { pay { total } } }',
      '{ log }',
      '{ ... @skip(if: $x) { pay { total } } }',
    ]);
  });

  test('run in one place only, also where several conditions meet', () => {
    expect(
      split('mutation ($x: Boolean!, $y: Boolean!) { a @include(if: $x) @skip(if: $y) b a }'),
    ).toEqual([
      '{ a @include(if: $x) @skip(if: $y) ... @include(if: $x) { ... @skip(if: $y) { a } } }',
      '{ b }',
      '{ ... @skip(if: $x) { a } }',
      '{ ... @include(if: $x) { ... @include(if: $y) { a } } }',
    ]);
  });
});
