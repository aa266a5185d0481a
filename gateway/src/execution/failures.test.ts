import { describe, expect, test } from '@jest/globals';
import { SubgraphError } from '../errors.ts';
import type { JsonObject } from '../transport/subgraph-fetch.ts';
import { createLocalGraph, type LocalGraph } from './testing/local-graph.ts';
import { createLyingGraph } from './testing/lying-graph.ts';
import { shop } from './testing/shop.ts';

describe('failures', () => {
  const failing = (name: string): LocalGraph => {
    const graph = createLocalGraph(shop);
    graph.intercept = ({ subgraph }, next) =>
      subgraph === name ? Promise.reject(new SubgraphError('SUBGRAPH_TIMEOUT', name)) : next();
    return graph;
  };

  test('a failed root fetch is an error of its fields; neighbours stay', async () => {
    const answer = await failing('products').run('{ me { name } topProducts { upc } }');
    expect(answer).toEqual({
      data: null,
      errors: [
        {
          message: 'A subgraph did not answer in time.',
          path: ['topProducts'],
          extensions: { code: 'SUBGRAPH_TIMEOUT' },
        },
      ],
    });
    const nullable = await failing('accounts').run('{ me { name } topProducts { upc } }');
    expect(nullable.data).toEqual({ me: null, topProducts: [{ upc: 'x' }, { upc: 'y' }] });
    expect(nullable.errors).toMatchObject([{ path: ['me'] }]);
  });

  test('a failed entity fetch is an error at every place it concerns; neighbours stay', async () => {
    const answer = await failing('products').run('{ reviews { text product { upc name } } }');
    expect(answer.data).toEqual({
      reviews: [
        { text: 'good', product: { upc: 'x', name: null } },
        { text: 'fair', product: { upc: 'y', name: null } },
        { text: 'poor', product: { upc: 'x', name: null } },
      ],
    });
    expect(answer.errors?.map(({ path }) => path)).toEqual([
      ['reviews', 0, 'product'],
      ['reviews', 1, 'product'],
      ['reviews', 2, 'product'],
    ]);
  });

  test("errors of one entity come to all its places, under the client's names", async () => {
    const graph = createLocalGraph(shop);
    graph.intercept = async ({ subgraph }, next) => {
      const response = await next();
      if (subgraph !== 'products') return response;
      const [first] = (response.data?.['_entities'] ?? []) as readonly JsonObject[];
      return {
        data: { _entities: [{ ...first, t_title: null, name: null }, null] },
        errors: [
          {
            message: 'no name',
            path: ['_entities', 0, 't_title'],
            extensions: { code: 'NAMELESS' },
          },
          { message: 'no product', path: ['_entities', 1], extensions: undefined },
        ],
        extensions: undefined,
      };
    };
    const answer = await graph.run('{ all: reviews { p: product { title: name } } }');
    expect(answer.data).toEqual({
      all: [{ p: { title: null } }, { p: { title: null } }, { p: { title: null } }],
    });
    expect(answer.errors).toEqual(
      expect.arrayContaining([
        { message: 'no name', path: ['all', 0, 'p', 'title'], extensions: { code: 'NAMELESS' } },
        { message: 'no name', path: ['all', 2, 'p', 'title'], extensions: { code: 'NAMELESS' } },
        { message: 'no product', path: ['all', 1, 'p'], extensions: { code: 'SUBGRAPH_ERROR' } },
      ]),
    );
    expect(answer.errors).toHaveLength(3);
  });

  test.each([
    [[]],
    [[{ name: 'A' }]],
    [[{ name: 'A' }, { name: 'B' }, { name: 'C' }]],
    ['x'],
    [null],
  ])(
    'entities that are not as many as asked for (%j) are an error, never shifted',
    async (entities) => {
      const graph = createLocalGraph(shop);
      graph.intercept = ({ subgraph }, next) =>
        subgraph === 'products'
          ? Promise.resolve({
              data: { _entities: entities as never },
              errors: undefined,
              extensions: undefined,
            })
          : next();
      const answer = await graph.run('{ reviews { product { name } } }');
      expect(answer.data).toEqual({
        reviews: [
          { product: { name: null } },
          { product: { name: null } },
          { product: { name: null } },
        ],
      });
      expect(answer.errors?.[0]).toMatchObject({
        path: ['reviews', 0, 'product'],
        extensions: { code: 'SUBGRAPH_MALFORMED_RESPONSE' },
      });
    },
  );

  test.each(['... on B { n } ... on A { c }', '... on A { c } ... on B { n }'])(
    'errors of fields the planner had to rename stand under their own name: %s',
    async (selection) => {
      const graph = createLocalGraph({
        one: {
          sdl: `type Query { all: [AB!]! } union AB = A | B
            type A @key(fields: "id") { id: ID! n: Int! } type B @key(fields: "id") { id: ID! n: Int }`,
          resolvers: {
            Query: {
              all: () => [
                { __typename: 'A', id: '1', n: 1 },
                { __typename: 'B', id: '2' },
              ],
            },
            B: {
              n: () => {
                throw new Error('boom');
              },
            },
          },
        },
        two: {
          sdl: 'type A @key(fields: "id") { id: ID! n: Int! @external c: Int @requires(fields: "n") }',
          resolvers: {
            A: { __resolveReference: (told: object) => told, c: ({ n }: { n: number }) => n + 1 },
          },
        },
      });
      const answer = await graph.run(`{ all { ${selection} } }`);
      expect(answer.data).toEqual({ all: [{ c: 2 }, { n: null }] });
      expect(answer.errors?.map(({ path }) => path)).toEqual([['all', 1, 'n']]);
      expect(graph.requests[0]?.body).toContain('__alias_0');
    },
  );

  test('a field that was asked for objects of another type tells when it nulls an entity', async () => {
    const graph = createLocalGraph({
      one: {
        sdl: `type Query { all: [Thing!]! } interface Thing @key(fields: "id") { id: ID! }
          type A implements Thing @key(fields: "id") { id: ID! }
          type B implements Thing @key(fields: "id") { id: ID! }`,
        resolvers: {
          Query: {
            all: () => [
              { __typename: 'A', id: '1' },
              { __typename: 'B', id: '2' },
            ],
          },
        },
      },
      two: {
        sdl: 'type Thing @key(fields: "id") @interfaceObject { id: ID! n: Int! m: Int }',
        resolvers: {
          Thing: {
            __resolveReference: (told: object) => ({ ...told, m: 7 }),
            n: ({ id }: { id: string }) => {
              if (id === '2') throw new Error('boom');
              return 1;
            },
          },
        },
      },
    });
    const { data, errors } = await graph.run('{ all { ... on A { n } ... on B { m } } }');
    expect(data).toEqual({ all: [{ n: 1 }, { m: null }] });
    expect(errors?.map(({ path, message }) => [path, message])).toEqual([[['all', 1], 'boom']]);
  });

  test('errors stand nowhere when their name means another field for the type', async () => {
    const graph = createLocalGraph({
      one: {
        sdl: `type Query { all: [Thing!]! } interface Thing @key(fields: "id") { id: ID! }
          type A implements Thing @key(fields: "id") { id: ID! f: Int }
          type B implements Thing @key(fields: "id") { id: ID! f: Int }`,
        resolvers: {
          Query: {
            all: () => [
              { __typename: 'A', id: '1' },
              { __typename: 'B', id: '2', f: 3 },
            ],
          },
        },
      },
      two: {
        sdl: 'type Thing @key(fields: "id") @interfaceObject { id: ID! extra: Int }',
        resolvers: {
          Thing: {
            __resolveReference: (told: object) => told,
            extra: ({ id }: { id: string }) => {
              if (id === '2') throw new Error('boom');
              return 1;
            },
          },
        },
      },
    });
    const query = '{ all { ... on A { x: extra } ... on B { x: f y: extra } } }';
    const answer = await graph.run(query);
    expect(answer.data).toEqual({ all: [{ x: 1 }, { x: 3, y: null }] });
    expect(answer.errors?.map(({ path }) => path)).toEqual([['all', 1, 'y']]);
  });

  test('a null entity nulls what its fetch should have given, not its neighbours', async () => {
    const graph = createLocalGraph(shop);
    graph.intercept = async ({ subgraph }, next) =>
      subgraph === 'products'
        ? { ...(await next()), data: { _entities: [null, { name: 'Chair' }] } }
        : next();
    const answer = await graph.run('{ reviews { text product { upc name } } }');
    expect(answer.data).toEqual({
      reviews: [
        { text: 'good', product: { upc: 'x', name: null } },
        { text: 'fair', product: { upc: 'y', name: 'Chair' } },
        { text: 'poor', product: { upc: 'x', name: null } },
      ],
    });
  });

  test('nothing is asked for objects whose required input is missing, and the reason stands once', async () => {
    const answer = await failing('accounts').run('{ reviews { author { discount } } }');
    expect(answer.data).toEqual({
      reviews: [
        { author: { discount: null } },
        { author: { discount: null } },
        { author: { discount: null } },
      ],
    });
    expect(answer.errors).toHaveLength(3);
    expect(new Set(answer.errors?.map(({ message }) => message)).size).toBe(1);
  });

  test('a subgraph that answers neither data nor errors is an error', async () => {
    const answer = await createLyingGraph('type Query { a: Int }', () => ({
      data: undefined,
      errors: undefined,
      extensions: undefined,
    })).run('{ a }');
    expect(answer).toMatchObject({ data: { a: null }, errors: [{ path: ['a'] }] });
  });
});

describe('one reason', () => {
  test('an entity nulled by one of its fields is explained once, not once per field', async () => {
    const graph = createLocalGraph(shop);
    graph.intercept = async ({ subgraph, body }, next) => {
      if (subgraph !== 'accounts') return next();
      const { variables } = JSON.parse(body) as { variables: { representations: unknown[] } };
      const errors = [{ message: 'no id', path: ['_entities', 0, 't_f'], extensions: undefined }];
      const entities = variables.representations.map(() => null);
      return { data: { _entities: entities }, errors, extensions: undefined };
    };
    const answer = await graph.run('{ reviews { author { name f: friendId } } }');
    expect(answer.data).toBeNull();
    expect(answer.errors?.filter(({ path }) => path?.[1] === 0).map(({ path }) => path)).toEqual([
      ['reviews', 0, 'author', 'f'],
    ]);
  });

  test('fields beside the one that nulled all data are explained by its error', async () => {
    const graph = createLyingGraph('type Query { a: Int! b: Int! c: Int }', () => ({
      data: null,
      errors: [{ message: 'no a', path: ['a'], extensions: undefined }],
      extensions: undefined,
    }));
    const answer = await graph.run('{ b a c }');
    expect(answer).toMatchObject({ data: null, errors: [{ message: 'no a', path: ['a'] }] });
    expect(answer.errors).toHaveLength(1);
  });
});
