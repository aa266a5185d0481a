import { describe, expect, test } from '@jest/globals';
import { createFieldPaths } from './field-paths.ts';
import type { SubgraphRequest } from './subgraph-fetch.ts';

const pathsOf = createFieldPaths();

function paths(query: string, variables?: object): string {
  const body = JSON.stringify(variables ? { query, variables } : { query });
  return pathsOf({
    subgraph: 's',
    kind: 'query',
    body,
    fields: ['given'],
  } as unknown as SubgraphRequest);
}

describe('the fields a request asks for', () => {
  test('are those at its root, by their own names', () => {
    expect(
      paths('query Q($a: Int) { second: orders(first: $a) { id } orders { id } me { id } }'),
    ).toBe('me orders');
  });

  test('are those of entities, by type, whatever they are called and nested in', () => {
    const query = `query($representations: [_Any!]!) {
      _entities0: _entities(representations: $representations) {
        __typename ... on Product { x: inStock ... { price { amount } } } ... on Book { pages }
      } top { id } }`;
    const variables = { representations: [{ a: '"variables":' }], query: 'no' };
    expect(paths(query, variables)).toBe('Book.pages Product.inStock Product.price top');
    expect(paths(query)).toBe(paths(query, variables));
  });

  test('are as given where the text cannot be read', () => {
    expect(paths('not { graphql')).toBe('given');
    expect(paths('{ a(text: "\\"variables\\":") }')).toBe('a');
  });
});
