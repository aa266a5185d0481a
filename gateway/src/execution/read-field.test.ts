import { describe, expect, test } from '@jest/globals';
import { ExactNumber } from '../transport/exact-number.ts';
import { createLocalGraph } from './testing/local-graph.ts';

const subgraph = (rest: string): string =>
  `scalar Json type A @key(fields: "id") { id: ID! value: V @shareable } type V { ${rest} }`;

describe('a value two subgraphs give parts of', () => {
  const graph = createLocalGraph({
    one: {
      sdl: `type Query { a: A } ${subgraph('x: Int @shareable json: Json @shareable big: ID @shareable one: Int')}`,
    },
    two: { sdl: subgraph('x: Int @shareable json: Json @shareable big: ID @shareable two: Int') },
  });
  const big = new ExactNumber('9007199254740993') as never;
  const give = (one: object | null, two: object | null): void => {
    graph.intercept = ({ subgraph: name }) =>
      Promise.resolve({
        data:
          name === 'one'
            ? { a: { __typename: 'A', id: '1', value: one as never } }
            : { _entities: [{ value: two as never }] },
        errors: undefined,
        extensions: undefined,
      });
  };
  const query = '{ a { value { one two } } }';

  test('has the parts of both', async () => {
    give({ one: 1 }, { two: 2 });
    expect(await graph.run(query)).toEqual({ data: { a: { value: { one: 1, two: 2 } } } });
  });

  test('is what one gives when the other gives nothing', async () => {
    give({ one: 1 }, null);
    expect(await graph.run(query)).toEqual({ data: { a: { value: { one: 1, two: null } } } });
    give(null, { two: 2 });
    expect(await graph.run(query)).toEqual({ data: { a: { value: { one: null, two: 2 } } } });
    give(null, null);
    expect(await graph.run(query)).toEqual({ data: { a: { value: null } } });
  });

  test('keeps scalars whole, whatever they are made of', async () => {
    give({ one: 1, json: { k: [1, big] }, big }, { two: 2 });
    const text = await graph.runText('{ a { value { one two json big } } }');
    expect(text).toBe(
      '{"data":{"a":{"value":{"one":1,"two":2,"json":{"k":[1,9007199254740993]},"big":"9007199254740993"}}}}',
    );
  });
});
