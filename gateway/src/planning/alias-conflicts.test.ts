import { describe, expect, test } from '@jest/globals';
import { createLocalGraph } from '../execution/testing/local-graph.ts';

describe('fields that an interface and its types give different types', () => {
  test.each([
    [true, false],
    [false, true],
    [false, false],
  ])(
    'are asked for under names of their own in fragments with conditions (skip %s, include %s)',
    async (skip, include) => {
      const graph = createLocalGraph({
        a: {
          sdl: `type Query { nodes: [Node!] }
            interface Node { id: ID! label: String inner: Value }
            type A implements Node @key(fields: "id") { id: ID! label: String! inner: Value! }
            type B implements Node { id: ID! label: String inner: Value }
            type Value { text: String }`,
          resolvers: {
            Query: {
              nodes: () => [
                { __typename: 'A', id: '1', label: 'a', inner: { text: 'x' } },
                { __typename: 'B', id: '2', label: 'b', inner: { text: 'y' } },
              ],
            },
          },
        },
        b: {
          sdl: `type A @key(fields: "id") { id: ID! label: String! @external
            extra: String @requires(fields: "label") }`,
          resolvers: {
            A: {
              __resolveReference: (told: object) => told,
              extra: ({ label }: { readonly label: string }) => `extra ${label}`,
            },
          },
        },
      });
      const text = `query ($skip: Boolean!, $include: Boolean!) { nodes { label inner { text }
        ... on Node @skip(if: $skip) @include(if: $include) { id label inner { text } }
        ... on A { extra } ... on A @skip(if: $skip) { again: label } } }`;
      const id = (value: string): object => (!skip && include ? { id: value } : {});
      expect(await graph.run(text, { variables: { skip, include } })).toEqual({
        data: {
          nodes: [
            {
              label: 'a',
              inner: { text: 'x' },
              ...id('1'),
              extra: 'extra a',
              ...(skip ? {} : { again: 'a' }),
            },
            { label: 'b', inner: { text: 'y' }, ...id('2') },
          ],
        },
      });
    },
  );
});
