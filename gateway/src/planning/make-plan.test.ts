import { describe, expect, test } from '@jest/globals';
import { createLocalGraph, type LocalGraph } from '../execution/testing/local-graph.ts';

type Told = Readonly<Record<string, unknown>>;

const __resolveReference = (told: Told): Told => told;

/** Computes a field from another; the subgraph must have been told that. */
function from(name: string): (told: Told) => string {
  return (told) => {
    const value = told[name];
    if (typeof value !== 'string') throw new Error(`${name} was not told`);
    return `(${value})`;
  };
}

/** `d` needs `c`, that needs `b`, that needs `a`, to and fro between two subgraphs. */
function chain(): LocalGraph {
  return createLocalGraph({
    one: {
      sdl: `type Query { thing: Thing } type Thing @key(fields: "id") { id: ID!
        a: String @external b: String! @requires(fields: "a")
        c: String @external d: String @requires(fields: "c") }`,
      resolvers: {
        Query: { thing: () => ({ id: '1' }) },
        Thing: { __resolveReference, b: from('a'), d: from('c') },
      },
    },
    two: {
      sdl: `type Thing @key(fields: "id") { id: ID! a: String
        b: String! @external c: String @requires(fields: "b") }`,
      resolvers: { Thing: { __resolveReference, a: () => 'a', c: from('b') } },
    },
    three: {
      sdl: 'type Query { other: Thing } type Thing @key(fields: "id") { id: ID! }',
      resolvers: { Query: { other: () => ({ id: '2' }) } },
    },
  });
}

describe('@requires to and fro between two subgraphs', () => {
  test.each([
    ['{ other { d } }', { d: '(((a)))' }],
    ['{ other { d c } }', { d: '(((a)))', c: '((a))' }],
    ['{ other { d b a } }', { d: '(((a)))', b: '(a)', a: 'a' }],
    ['{ other { x: d a: id } }', { x: '(((a)))', a: '2' }],
  ])('gives every field its inputs: %s', async (query, other) => {
    expect(await chain().run(query)).toEqual({ data: { other } });
  });

  test('works where the first subgraph is asked anyway', async () => {
    expect(await chain().run('{ thing { d } }')).toEqual({ data: { thing: { d: '(((a)))' } } });
  });

  test('works when a part of the chain is asked under a condition', async () => {
    const query = 'query ($flag: Boolean!) { other { b @include(if: $flag) d } }';
    expect(await chain().run(query, { variables: { flag: false } })).toEqual({
      data: { other: { d: '(((a)))' } },
    });
    expect(await chain().run(query, { variables: { flag: true } })).toEqual({
      data: { other: { b: '(a)', d: '(((a)))' } },
    });
  });
});
