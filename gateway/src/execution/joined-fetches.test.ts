import { describe, expect, test } from '@jest/globals';
import { createLocalGraph, type LocalGraph } from './testing/local-graph.ts';

type Told = Readonly<Record<string, unknown>>;

/** A subgraph's own view of what it was told, so that a test sees it. */
const __resolveReference = (told: Told): Told => told;

function weigh({ weight }: Told): number {
  if (typeof weight !== 'number') throw new Error('no weight was told');
  return weight * 2;
}

/** Products of two kinds; `stock` knows them as one, and computes what sending them costs from the weight of goods. */
function productGraph(costType: string): LocalGraph {
  return createLocalGraph({
    catalog: {
      sdl: `type Query { products: [Product!]! }
        interface Product @key(fields: "id") { id: ID! weight: Int }
        type Good implements Product @key(fields: "id") { id: ID! weight: Int }
        type Game implements Product @key(fields: "id") { id: ID! weight: Int }`,
      resolvers: {
        Query: {
          products: () => [
            { __typename: 'Good', id: '1', weight: 3 },
            { __typename: 'Game', id: '2', weight: 4 },
          ],
        },
      },
    },
    stock: {
      sdl: `type Product @key(fields: "id") @interfaceObject { id: ID! weight: Int @external
        cost: ${costType} @requires(fields: "weight") count: Int }`,
      resolvers: { Product: { __resolveReference, cost: weigh, count: () => 7 } },
    },
  });
}

describe('one fetch for objects of which different things are wanted', () => {
  test.each(['Int', 'Int!'])(
    'asks of each type for what it was told the inputs of, also when they make %s',
    async (costType) => {
      const graph = productGraph(costType);
      const answer = await graph.run('{ products { id ... on Good { cost } count } }');
      expect(answer).toEqual({
        data: {
          products: [
            { id: '1', cost: 6, count: 7 },
            { id: '2', count: 7 },
          ],
        },
      });
      expect(graph.requests.map(({ subgraph }) => subgraph)).toEqual(['catalog', 'stock']);
    },
  );

  test.each(['{ products { id ... on Good { cost } } }', '{ products { ... on Good { cost } } }'])(
    'names no objects of which nothing is wanted there: %s',
    async (query) => {
      const graph = productGraph('Int');
      await graph.run(query);
      const { variables } = JSON.parse(graph.requests[1]?.body ?? '') as {
        variables: { representations: unknown };
      };
      expect(variables.representations).toEqual([{ __typename: 'Product', id: '1', weight: 3 }]);
    },
  );

  test('calls an object by its own type where its key as an interface was not asked for', async () => {
    const resolvers = {
      A: { __resolveReference },
      Thing: {
        __resolveReference: ({ uid }: Told) => {
          if (uid === undefined) throw new Error('no uid was told');
          return { __typename: 'A', uid, code: 'x' };
        },
      },
    };
    const graph = createLocalGraph({
      one: {
        sdl: 'type Query { a: A } type A @key(fields: "id") @key(fields: "uid") { id: ID! uid: ID! }',
        resolvers: { Query: { a: () => ({ id: '1', uid: 'A/1' }) } },
      },
      two: {
        sdl: `interface Thing @key(fields: "uid") { uid: ID! code: String }
          type A implements Thing @key(fields: "id") @key(fields: "uid") {
            id: ID! uid: ID! code: String more: String }`,
        resolvers: { ...resolvers, A: { ...resolvers.A, more: () => 'more' } },
      },
      three: {
        sdl: `type Thing @key(fields: "uid") @interfaceObject { uid: ID! code: String @external
          label: String @requires(fields: "code") }`,
        resolvers: {
          Thing: { __resolveReference, label: ({ code }: Told) => `label ${String(code)}` },
        },
      },
    });
    const query = `query ($flag: Boolean!) { a { more ... on Thing @include(if: $flag) { label } } }`;
    expect(await graph.run(query, { variables: { flag: false } })).toEqual({
      data: { a: { more: 'more' } },
    });
    expect(await graph.run(query, { variables: { flag: true } })).toEqual({
      data: { a: { more: 'more', label: 'label x' } },
    });
  });

  const things = {
    root: {
      sdl: `type Query { all: [Holder!]! thing: T } union Holder = A | B
        type A { thing: T } type B { thing: T } type T @key(fields: "id") { id: ID! base: Int }`,
      resolvers: {
        Query: {
          all: () => [
            { __typename: 'A', thing: { id: '1', base: 1 } },
            { __typename: 'B', thing: { id: '2', base: 2 } },
          ],
          thing: () => ({ id: '3', base: 3 }),
        },
      },
    },
    more: {
      sdl: `type T @key(fields: "id") { id: ID! base: Int @external
        sum: Int! @requires(fields: "base") plain: String bad: Int none: Int }`,
      resolvers: {
        T: {
          __resolveReference,
          sum: ({ base }: Told) => {
            if (typeof base !== 'number') throw new Error('no base was told');
            return base + 10;
          },
          plain: () => 'plain',
          bad: () => {
            throw new Error('boom');
          },
        },
      },
    },
  };

  test('asks of objects under each parent what was wanted under that parent', async () => {
    const graph = createLocalGraph(things);
    const answer = await graph.run(
      '{ all { ... on A { thing { sum } } ... on B { thing { plain } } } }',
    );
    expect(answer).toEqual({
      data: { all: [{ thing: { sum: 11 } }, { thing: { plain: 'plain' } }] },
    });
  });

  test('tells objects with nothing wanted from those that are not there', async () => {
    const graph = createLocalGraph(things);
    const answer = await graph.run(
      '{ all { ... on A { thing { sum } } ... on B { thing { plain @skip(if: true) } } } }',
    );
    expect(answer).toEqual({ data: { all: [{ thing: { sum: 11 } }, { thing: {} }] } });
  });

  test('leaves out inputs that hang on a condition further up', async () => {
    const graph = createLocalGraph(things);
    const query = `query ($flag: Boolean!) {
      thing { plain } thing @include(if: $flag) { sum } }`;
    expect(await graph.run(query, { variables: { flag: false } })).toEqual({
      data: { thing: { plain: 'plain' } },
    });
    expect(await graph.run(query, { variables: { flag: true } })).toEqual({
      data: { thing: { plain: 'plain', sum: 13 } },
    });
  });

  test('reports no error of a field at objects it was not wanted of', async () => {
    const graph = createLocalGraph(things);
    const answer = await graph.run(
      '{ all { ... on A { thing { bad } } ... on B { thing { none } } } }',
    );
    expect(answer.data).toEqual({ all: [{ thing: { bad: null } }, { thing: { none: null } }] });
    expect(answer.errors?.map(({ path }) => path)).toEqual([['all', 0, 'thing', 'bad']]);
  });

  test('keeps batched answers apart when they leave out different fields', async () => {
    const graph = createLocalGraph(things, {
      batchEntities: { maxBatchSize: 500, maxWindowMs: 2 },
    });
    const one = '{ all { ... on A { thing { sum plain } } ... on B { thing { plain } } } }';
    const answers = await Promise.all([one, one, `${one} `].map((query) => graph.run(query)));
    for (const answer of answers) {
      expect(answer).toEqual({
        data: { all: [{ thing: { sum: 11, plain: 'plain' } }, { thing: { plain: 'plain' } }] },
      });
    }
  });
});
