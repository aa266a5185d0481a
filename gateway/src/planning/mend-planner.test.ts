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
