import { describe, expect, test } from '@jest/globals';
import { fitErrors } from './fit-errors.ts';
import { createLocalGraph } from './testing/local-graph.ts';

describe('errors of fields the client did not ask of an object', () => {
  const at = (...path: (string | number)[]) => ({ message: 'boom', path });

  test('go to the object when something of it is null', () => {
    expect(fitErrors([at('a', 0, 'input')], '{"a":[{"computed":null}]}')).toEqual([at('a', 0)]);
  });

  test("are nobody's business when nothing of it is null", () => {
    expect(fitErrors([at('a', 0, 'input', 'x')], '{"a":[{"other":1}]}')).toEqual([]);
  });

  test('stay where they are at a null, below one, and without a path', () => {
    const errors = [at('a', 'x'), at('b', 1, 'x'), at('c', '__proto__'), { message: 'all' }];
    const data = '{"a":null,"b":[1,null],"c":{"__proto__":null}}';
    expect(fitErrors(errors, data)).toEqual(errors);
  });

  test('do not show when another type at the same place asked for them', async () => {
    const things = { thing: { __typename: 'T', id: '1' } };
    const graph = createLocalGraph({
      one: {
        sdl: `type Query { all: [Holder!]! } union Holder = A | B
          type A { thing: T } type B { thing: T } type T @key(fields: "id") { id: ID! }`,
        resolvers: {
          Query: {
            all: () => [
              { __typename: 'A', ...things },
              { __typename: 'B', ...things },
            ],
          },
        },
      },
      two: {
        sdl: 'type T @key(fields: "id") { id: ID! good: Int bad: Int }',
        resolvers: {
          T: {
            __resolveReference: (reference: object) => reference,
            good: () => 1,
            bad: () => {
              throw new Error('boom');
            },
          },
        },
      },
    });
    const answer = await graph.run(
      '{ all { ... on A { thing { bad } } ... on B { thing { good } } } }',
    );
    expect(answer.data).toEqual({ all: [{ thing: { bad: null } }, { thing: { good: 1 } }] });
    expect(answer.errors?.map(({ path }) => path)).toEqual([['all', 0, 'thing', 'bad']]);
  });
});
