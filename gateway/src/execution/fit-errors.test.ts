import { describe, expect, test } from '@jest/globals';
import { fitErrors } from './fit-errors.ts';
import { createLocalGraph } from './testing/local-graph.ts';

describe('errors of fields the client did not ask of an object', () => {
  type Place = readonly (string | number)[];

  /** Fits one error whose field may be told to another subgraph. */
  function fit(path: Place, data: string, { origin = path, inputs = [] as string[] } = {}) {
    const error = { message: 'boom', path };
    const fitted = fitErrors([error], data, {
      paths: new Map([[error, origin]]),
      inputs: new Set(inputs),
    });
    return fitted.map((each) => each.path);
  }

  test('go to the object when they were asked for others and something of it is null', () => {
    const inputs = ['a.input'];
    expect(fit(['a', 0, 'input'], '{"a":[{"computed":null}]}', { inputs })).toEqual([['a', 0]]);
    const origin = ['a', 0, 'input'];
    expect(fit(['a', 0], '{"a":[{"computed":null}]}', { inputs, origin })).toEqual([['a', 0]]);
  });

  test("are nobody's business when nothing of it is null, or nothing needs them", () => {
    const inputs = ['a.input'];
    expect(fit(['a', 0, 'input', 'x'], '{"a":[{"other":1}]}', { inputs })).toEqual([]);
    expect(fit(['a', 0, 'input', 'x'], '{"a":[{"other":null}]}')).toEqual([]);
    expect(fit(['a', 0], '{"a":[{"other":null}]}', { origin: ['a', 0, 'input'] })).toEqual([]);
  });

  test('stay where they are at a null, below one, and without a path', () => {
    const data = '{"a":null,"b":[1,null],"c":{"__proto__":null}}';
    for (const path of [
      ['a', 'x'],
      ['b', 1, 'x'],
      ['c', '__proto__'],
    ]) {
      expect(fit(path, data)).toEqual([path]);
    }
    const error = { message: 'all' };
    const nowhere = { paths: new Map(), inputs: new Set<string>() };
    expect(fitErrors([error], data, nowhere)).toEqual([error]);
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
