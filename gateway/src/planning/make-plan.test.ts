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

/** A thing's `code` is computed in another subgraph; the interface object computes a label from it. */
function labelled(): LocalGraph {
  return createLocalGraph({
    things: {
      sdl: `type Query { items: [Item!] } interface Item @key(fields: "id") { id: ID! code: String! }
        type Plain implements Item @key(fields: "id") { id: ID! code: String! }
        type Coded implements Item @key(fields: "id") { id: ID! stem: String! @external
          code: String! @requires(fields: "stem") }`,
      resolvers: {
        Query: {
          items: () => [
            { __typename: 'Plain', id: '1', code: 'p' },
            { __typename: 'Coded', id: '2' },
          ],
        },
        Coded: { __resolveReference, code: from('stem') },
      },
    },
    stems: {
      sdl: 'type Coded @key(fields: "id") { id: ID! stem: String! }',
      resolvers: { Coded: { __resolveReference, stem: () => 's' } },
    },
    labels: {
      sdl: `type Query { first: Item } type Item @key(fields: "id") @interfaceObject { id: ID! code: String! @external
        label(style: String): String! @requires(fields: "code") }`,
      resolvers: {
        Query: { first: () => ({ id: '2' }) },
        Item: { __resolveReference, label: from('code') },
      },
    },
  });
}

describe('fields computed from computed fields', () => {
  test('are computed by an interface object, of some types from computed fields', async () => {
    expect(await labelled().run('{ items { a: label(style: "x") label } }')).toEqual({
      data: {
        items: [
          { a: '(p)', label: '(p)' },
          { a: '((s))', label: '((s))' },
        ],
      },
    });
  });

  test('wait for their inputs under variables and fragments', async () => {
    const query = `query ($style: String, $flag: Boolean!) {
      items { ... on Coded @include(if: $flag) { l: label(style: $style) } ... on Plain { label @skip(if: $flag) } }
    }`;
    const run = (flag: boolean) => labelled().run(query, { variables: { flag, style: 'x' } });
    expect(await run(true)).toEqual({ data: { items: [{}, { l: '((s))' }] } });
    expect(await run(false)).toEqual({ data: { items: [{ label: '(p)' }, {}] } });
  });

  test('leave no variable behind that nothing uses', async () => {
    const graph = labelled();
    await graph.run('query ($style: String) { first { label(style: $style) } }');
    const [first] = graph.requests.filter(({ subgraph }) => subgraph === 'labels');
    expect(first?.body).not.toContain('style');
  });

  test('are not taken for told because another type was told the same', async () => {
    const typed = createLocalGraph({
      hub: {
        sdl: `type Query { all: [Either!] } union Either = A | B
          type A @key(fields: "id") { id: ID! f: String! @requires(fields: "base") base: String @external }
          type B @key(fields: "id") { id: ID! f: String! @requires(fields: "seed") seed: String @external }`,
        resolvers: {
          Query: {
            all: () => [
              { __typename: 'A', id: '1' },
              { __typename: 'B', id: '1' },
            ],
          },
          A: { __resolveReference, f: from('base') },
          B: { __resolveReference, f: from('seed') },
        },
      },
      bases: {
        sdl: 'type A @key(fields: "id") { id: ID! base: String }',
        resolvers: { A: { __resolveReference, base: () => 'base' } },
      },
      seeds: {
        sdl: `type B @key(fields: "id") { id: ID! seed: String f: String! @external
          top: String @requires(fields: "f") }`,
        resolvers: { B: { __resolveReference, seed: () => 'seed', top: from('f') } },
      },
    });
    const query = '{ all { ... on A { f } ... on B { top } } }';
    expect(await typed.run(query)).toEqual({
      data: { all: [{ f: '(base)' }, { top: '((seed))' }] },
    });
  });

  test('lie inside objects that other fields are computed from', async () => {
    const nested = createLocalGraph({
      orders: {
        sdl: `type Query { order: Order } type Order @key(fields: "id") { id: ID! buyer: Buyer }
          type Buyer @key(fields: "id") { id: ID! name: String! }`,
        resolvers: {
          Query: { order: () => ({ id: '1', buyer: { id: '7', name: 'Ann' } }) },
          Order: { __resolveReference: () => ({ id: '1', buyer: { id: '7', name: 'Ann' } }) },
          Buyer: { __resolveReference: () => ({ id: '7', name: 'Ann' }) },
        },
      },
      greetings: {
        sdl: `type Buyer @key(fields: "id") { id: ID! name: String! @external
            greeting: String! @requires(fields: "name") }`,
        resolvers: { Buyer: { __resolveReference, greeting: from('name') } },
      },
      letters: {
        sdl: `type Order @key(fields: "id") { id: ID! buyer: Buyer @external
            letter: String! @requires(fields: "buyer { greeting }") }
          type Buyer @key(fields: "id") { id: ID! greeting: String! @external }`,
        resolvers: {
          Order: {
            __resolveReference,
            letter: ({ buyer }: { buyer: Told }) => from('greeting')(buyer),
          },
        },
      },
    });
    expect(await nested.run('{ order { letter } }')).toEqual({
      data: { order: { letter: '((Ann))' } },
    });
  });

  test('are asked of nobody when an input fails, and nothing else is lost', async () => {
    const graph = chain();
    graph.intercept = async (request, next) => {
      const { query } = JSON.parse(request.body) as { query: string };
      if (/\bc\b/.test(query)) throw new Error('down');
      return next();
    };
    const { data, errors } = await graph.run('{ other { b d } }');
    expect(data).toEqual({ other: { b: '(a)', d: null } });
    expect(errors).toHaveLength(1);
  });

  test('take arguments, and are required with arguments themselves', async () => {
    const graph = createLocalGraph({
      prices: {
        sdl: `type Query { thing: Thing } type Thing @key(fields: "id") { id: ID! price(in: String!): String
          tax: String @external  total(in: String!): String @requires(fields: "tax") }`,
        resolvers: {
          Query: { thing: () => ({ id: '1' }) },
          Thing: {
            __resolveReference,
            price: (_thing: Told, given: Told) => `p in ${String(given['in'])}`,
            total: ({ tax }: Told, given: Told) => `${String(tax)} in ${String(given['in'])}`,
          },
        },
      },
      taxes: {
        sdl: `type Thing @key(fields: "id") { id: ID! price(in: String!): String @external
          tax: String @requires(fields: "price(in: \\"EUR\\")") }`,
        resolvers: { Thing: { __resolveReference, tax: from('price') } },
      },
      bills: {
        sdl: `type Thing @key(fields: "id") { id: ID! total(in: String!): String @external
          euro: String @requires(fields: "total(in: \\"EUR\\")")
          pound: String @requires(fields: "total(in: \\"GBP\\")") }`,
        resolvers: { Thing: { __resolveReference, euro: from('total'), pound: from('total') } },
      },
    });
    expect(await graph.run('{ thing { total(in: "CHF") price(in: "CHF") pound euro } }')).toEqual({
      data: {
        thing: {
          total: '(p in EUR) in CHF',
          price: 'p in CHF',
          pound: '((p in EUR) in GBP)',
          euro: '((p in EUR) in EUR)',
        },
      },
    });
  });
});
