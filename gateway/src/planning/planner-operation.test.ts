import { describe, expect, test } from '@jest/globals';
import { buildSchema, Kind, parse, print } from 'graphql';
import type { PermittedOperation } from '../request.ts';
import { createInternalNames } from './internal-names.ts';
import { documentOf, plannerOperation } from './planner-operation.ts';

/** What rules read may be hidden from clients: then the schema says nothing, as here of most fields. */
const schema = buildSchema(`
  type Query { product: Product media: Media found: [Found] }
  interface Media { id: ID }
  type Song implements Media { id: ID }
  type Tape implements Media { id: ID }
  union Heard = Song | Tape
  interface Product { id: ID }
  type Book implements Product { id: ID }
  type Film implements Product { id: ID }
  type Category { name: String }
  union Found = Book | Category
`);
const known = { schema, interfaceObjects: new Set(['Media']) };

function permit(text: string): PermittedOperation {
  const document = parse(text, { noLocation: true });
  const operation = document.definitions.find((each) => each.kind === Kind.OPERATION_DEFINITION);
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('no operation');
  return {
    prepared: { hash: '', document, operation, name: undefined, kind: operation.operation },
    removed: [],
  };
}

function rewrite(text: string): string {
  const permitted = permit(text);
  const { selections } = plannerOperation(permitted, createInternalNames('t_'), known);
  return print(documentOf(permitted, selections)).replace(/\s+/g, ' ');
}

describe('an operation for the planner', () => {
  test('has no names a client chose', () => {
    expect(rewrite('{ me { id plan: bio price(in: USD) price2: price(in: USD) } }')).toBe(
      '{ me { id t_plan: bio t_price: price(in: USD) t_price2: price(in: USD) } }',
    );
  });

  test('keeps fields apart that share a response name in different types', () => {
    expect(
      rewrite('{ x { ... on A { v: p(n: 1) } ... on B { v: p(n: 2) } ... on C { v: p(n: 1) } } }'),
    ).toBe(
      '{ x { ... on A { t_v: p(n: 1) } ... on B { t_1_v: p(n: 2) } ... on C { t_v: p(n: 1) } } }',
    );
  });

  test('has fragments where they are spread, and conditions that hang on variables', () => {
    expect(
      rewrite(
        'query ($a: Boolean!) { ...F @include(if: $a) x @skip(if: true) y @skip(if: false) } fragment F on Query { z }',
      ),
    ).toBe('query ($a: Boolean!) { ... on Query @include(if: $a) { z } y }');
  });

  test('asks for a name where nothing is left inside', () => {
    expect(rewrite('{ me { id } you { secret @skip(if: true) } }')).toBe(
      '{ me { id } you { __typename } }',
    );
  });

  test('has nothing the gateway answers itself', () => {
    const permitted = permit('{ __typename __schema { types { name } } a: __typename }');
    expect(plannerOperation(permitted, createInternalNames('t_'), known).selections).toEqual([]);
  });

  test('has no fragments that no object can match', () => {
    expect(
      rewrite('{ product { id ... on Found { ... on Category { name } ... on Book { id } } } }'),
    ).toBe('{ product { id ... on Found { ... on Book { id } } } }');
    expect(rewrite('{ product { ... on Found { ... on Category { name } } } }')).toBe(
      '{ product { __typename } }',
    );
  });

  test('has fragments on object types in place of those on unions below an interface object', () => {
    expect(
      rewrite('{ media { ... on Heard @skip(if: $a) { __typename ... on Song { id } } } }'),
    ).toBe(
      '{ media { ... on Song @skip(if: $a) { __typename ... on Song { id } } ... on Tape @skip(if: $a) { __typename } __typename } }',
    );
    expect(rewrite('{ media { ... on Media { id } } }')).toBe('{ media { ... on Media { id } } }');
  });

  test('is refused when its fragments expand to too much', () => {
    const levels = Array.from(
      { length: 30 },
      (_, at) => `fragment F${at} on T { ...F${at + 1} ...F${at + 1} }`,
    );
    const text = `{ x { ...F0 } } ${levels.join(' ')} fragment F30 on T { y }`;
    expect(() => plannerOperation(permit(text), createInternalNames('t_'), known)).toThrow(
      /expands to more than/,
    );
  });
});
