import { describe, expect, test } from '@jest/globals';
import { createLocalGraph, type LocalGraph } from '../execution/testing/local-graph.ts';

interface Told {
  readonly id: string;
  readonly price: number;
  readonly weight: number;
}

const __resolveReference = (told: Told): Told => told;

/** Products are of two types; all subgraphs but their own know them as one, and one computes a field from two of theirs. */
function shop(): LocalGraph {
  const find = ({ id }: Told): object => ({
    __typename: id === '1' ? 'Song' : 'Chair',
    id,
    price: 7,
    weight: 3,
  });
  return createLocalGraph({
    catalog: {
      sdl: `interface Product @key(fields: "id") { id: ID! price: Int weight: Int }
        type Song implements Product @key(fields: "id") { id: ID! price: Int weight: Int }
        type Chair implements Product @key(fields: "id") { id: ID! price: Int weight: Int }`,
      resolvers: {
        Product: { __resolveReference: find },
        Song: { __resolveReference: find },
        Chair: { __resolveReference: find },
      },
    },
    orders: {
      sdl: `type Order @key(fields: "id") { id: ID! products: [Product] }
        type Product @key(fields: "id") @interfaceObject { id: ID! sold: Int }`,
      resolvers: {
        Order: { __resolveReference, products: () => [{ id: '1' }, { id: '2' }] },
        Product: { __resolveReference, sold: ({ id }: Told) => Number(id) * 100 },
      },
    },
    inventory: {
      sdl: 'type Product @key(fields: "id") @interfaceObject { id: ID! stock: Int }',
      resolvers: { Product: { __resolveReference, stock: ({ id }: Told) => Number(id) * 10 } },
    },
    shipping: {
      sdl: `type Query { shipments: [Shipment] } type Shipment { order: Order } type Order @key(fields: "id") { id: ID! }
        type Product @key(fields: "id") @interfaceObject { id: ID! price: Int @external weight: Int @external
          estimate: Int @requires(fields: "price weight") }`,
      resolvers: {
        Query: { shipments: () => [{ order: { id: 'o' } }] },
        Product: { __resolveReference, estimate: ({ price, weight }: Told) => price * weight },
      },
    },
  });
}

describe('objects of different types at one place, of which different subgraphs are asked', () => {
  test.each([
    [
      '... on Song { sold estimate } ... on Chair { stock }',
      { sold: 100, estimate: 21 },
      { stock: 20 },
    ],
    [
      '... on Song { stock } ... on Chair { sold estimate stock }',
      { stock: 10 },
      { sold: 200, estimate: 21, stock: 20 },
    ],
    [
      '... on Song { sold estimate stock } ... on Chair { price estimate }',
      { sold: 100, estimate: 21, stock: 10 },
      { price: 7, estimate: 21 },
    ],
  ])(
    'are planned without two fetches that wait for one another: %s',
    async (selection, song, chair) => {
      const graph = shop();
      expect(await graph.run(`{ shipments { order { products { ${selection} } } } }`)).toEqual({
        data: { shipments: [{ order: { products: [song, chair] } }] },
      });
    },
  );
});

/** Media are of three types; two subgraphs know them as one, and one of these leads from media to media. */
function media(): LocalGraph {
  const find = ({ id }: Told): object => ({
    __typename: id === '1' ? 'Book' : 'Disc',
    id,
    name: `n${id}`,
  });
  const other = ({ id }: Told): object => ({ id: id === '1' ? '2' : '1' });
  return createLocalGraph({
    catalog: {
      sdl: `interface Media @key(fields: "id") { id: ID! name: String }
        type Book implements Media @key(fields: "id") { id: ID! name: String }
        type Disc implements Media @key(fields: "id") { id: ID! name: String }
        type Tape implements Media @key(fields: "id") { id: ID! name: String }`,
      resolvers: {
        Media: { __resolveReference: find },
        Book: { __resolveReference: find },
        Disc: { __resolveReference: find },
        Tape: { __resolveReference: find },
      },
    },
    likes: {
      sdl: `type Media @key(fields: "id") @interfaceObject { id: ID! likes: [Media!]
        name: String @external shout: String @requires(fields: "name") }`,
      resolvers: {
        Media: {
          __resolveReference,
          likes: (told: Told) => [other(told)],
          shout: ({ name }: { readonly name: string }) => name.toUpperCase(),
        },
      },
    },
    lists: {
      sdl: `type Query { list: [Media] } type Media @key(fields: "id") @interfaceObject { id: ID! next: Media }`,
      resolvers: {
        Query: { list: () => [{ id: '1' }, { id: '2' }] },
        Media: { __resolveReference, next: other },
      },
    },
  });
}

describe('interfaces that subgraphs know as objects', () => {
  test('are followed over many levels: ways that split by type and lead to the same place are left out', async () => {
    const levels = 12;
    const text = `{ list { ${'likes { '.repeat(levels)} name ${'}'.repeat(levels)} } }`;
    const { data, errors } = await media().run(text);
    expect(errors).toBeUndefined();
    // An even number of steps from one medium to the other.
    expect(JSON.stringify(data)).toContain('"name":"n1"');
  });

  test.each([true, false])(
    'are asked for computed fields of one type beside fields that lead on from another ($shown: %s)',
    async (shown) => {
      const text = `query ($shown: Boolean!) { list { ... on Book { likes { __typename } }
        ... on Disc @include(if: $shown) { shout } } }`;
      expect(await media().run(text, { variables: { shown } })).toEqual({
        data: { list: [{ likes: [{ __typename: 'Disc' }] }, shown ? { shout: 'N2' } : {}] },
      });
    },
  );

  test.each([true, false])(
    'are asked for a field of one type though it is skipped in another ($skip: %s)',
    async (skip) => {
      const text = `query ($skip: Boolean!) { list { ... on Book { next { __typename } shout }
        ... on Disc { shout @skip(if: $skip) } } }`;
      expect(await media().run(text, { variables: { skip } })).toEqual({
        data: {
          list: [{ next: { __typename: 'Disc' }, shout: 'N1' }, skip ? {} : { shout: 'N2' }],
        },
      });
    },
  );

  test('need not say which type they are for a fragment in which everything is skipped', async () => {
    const text = `{ list { next { ... on Book { ... on Media @skip(if: true) { name } } likes { id } } } }`;
    expect(await media().run(text)).toEqual({
      data: { list: [{ next: { likes: [{ id: '1' }] } }, { next: { likes: [{ id: '2' }] } }] },
    });
  });
});
