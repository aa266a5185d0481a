import { describe, expect, test } from '@jest/globals';
import { SubgraphError } from '../errors.ts';
import { createLocalGraph } from './testing/local-graph.ts';

type Ref = Record<string, never> & { id: string };

describe('@requires', () => {
  const money = {
    a: {
      sdl: `type Query { thing: Thing } type Thing @key(fields: "id") {
        id: ID! price(currency: String!): Int items(limit: Int!): [Item!]! } type Item { n: Int! }`,
      resolvers: {
        Query: { thing: () => ({ id: '1' }) },
        Thing: {
          __resolveReference: (thing: Ref) => thing,
          price: (_thing: Ref, { currency }: { currency: string }) => (currency === 'USD' ? 10 : 9),
          items: (_thing: Ref, { limit }: { limit: number }) =>
            Array.from({ length: limit }, (_item, at) => ({ n: at + 1 })),
        },
      },
    },
    b: {
      sdl: `type Thing @key(fields: "id") {
        id: ID! price(currency: String!): Int @external items(limit: Int!): [Item!]! @external
        dollars: Int @requires(fields: "price(currency: \\"USD\\")")
        euros: Int @requires(fields: "price(currency: \\"EUR\\")")
        sum: Int @requires(fields: "items(limit: 3) { n }") plain: String }
        type Item @external { n: Int! }`,
      resolvers: {
        Thing: {
          __resolveReference: (thing: Ref) => thing,
          dollars: ({ price }: { price: number }) => price * 100,
          euros: ({ price }: { price: number }) => price * 100,
          sum: ({ items }: { items: { n: number }[] }) => items.reduce((sum, { n }) => sum + n, 0),
          plain: () => 'plain',
        },
      },
    },
  };

  test('with arguments does not meet the arguments of the client', async () => {
    const graph = createLocalGraph(money);
    const answer = await graph.run(
      '{ thing { sum items(limit: 1) { n } price(currency: "EUR") dollars } }',
    );
    expect(answer).toEqual({
      data: { thing: { sum: 6, items: [{ n: 1 }], price: 9, dollars: 1000 } },
    });
  });

  test('of one field with two arguments computes each field from its own', async () => {
    const graph = createLocalGraph(money);
    const answer = await graph.run('{ thing { dollars euros plain } }');
    expect(answer).toEqual({ data: { thing: { dollars: 1000, euros: 900, plain: 'plain' } } });
  });

  test('of a field that is skipped does not keep its neighbours from being fetched', async () => {
    const graph = createLocalGraph(money);
    const query =
      'query ($no: Boolean!) { thing { plain sum @skip(if: $no) dollars @skip(if: $no) } }';
    expect(await graph.run(query, { variables: { no: true } })).toEqual({
      data: { thing: { plain: 'plain' } },
    });
    expect(await graph.run(query, { variables: { no: false } })).toEqual({
      data: { thing: { plain: 'plain', sum: 6, dollars: 1000 } },
    });
  });

  test('of one field with two arguments works for one of the two as well', async () => {
    const graph = createLocalGraph(money);
    expect(await graph.run('{ thing { euros } }')).toEqual({ data: { thing: { euros: 900 } } });
  });
});

describe('keys', () => {
  test('that cannot be resolved are not used, whatever their order', async () => {
    const graph = createLocalGraph({
      a: {
        sdl: 'type Query { a: A } type A @key(fields: "id") @key(fields: "code") { id: ID! code: ID! }',
        resolvers: { Query: { a: () => ({ id: '1', code: 'c' }) } },
      },
      b: {
        sdl: 'type A @key(fields: "id", resolvable: false) @key(fields: "code") { id: ID! code: ID! inB: String }',
        resolvers: {
          A: {
            __resolveReference: ({ code }: { code?: string }) =>
              code ? { code, inB: `b${code}` } : null,
          },
        },
      },
    });
    expect(await graph.run('{ a { inB } }')).toEqual({ data: { a: { inB: 'bc' } } });
  });

  test('may be nested and hold lists', async () => {
    const graph = createLocalGraph({
      a: {
        sdl: 'type Query { a: A } type A @key(fields: "owner { id } tags { name }") { owner: O! tags: [T!]! } type O { id: ID! } type T { name: String! }',
        resolvers: {
          Query: { a: () => ({ owner: { id: '7' }, tags: [{ name: 'x' }, { name: 'y' }] }) },
        },
      },
      b: {
        sdl: 'type A @key(fields: "owner { id } tags { name }") { owner: O! tags: [T!]! label: String } type O { id: ID! } type T { name: String! }',
        resolvers: {
          A: {
            __resolveReference: ({ owner, tags }: { owner: Ref; tags: { name: string }[] }) => ({
              label: `${owner.id}:${tags.map(({ name }) => name).join()}`,
            }),
          },
        },
      },
    });
    expect(await graph.run('{ a { label } }')).toEqual({ data: { a: { label: '7:x,y' } } });
  });
});

describe('values that several subgraphs give parts of', () => {
  test('are merged, also inside lists, and can be fetched for', async () => {
    const graph = createLocalGraph({
      a: {
        sdl: `type Query { shelf: Shelf } type Shelf @key(fields: "id") { id: ID! slots: [Slot!]! @shareable }
          type Slot { left: Int book: Book @shareable } type Book @key(fields: "isbn") { isbn: ID! }`,
        resolvers: {
          Query: {
            shelf: () => ({
              id: '1',
              slots: [
                { left: 1, book: { isbn: 'p' } },
                { left: 0, book: { isbn: 'q' } },
              ],
            }),
          },
        },
      },
      b: {
        sdl: `type Shelf @key(fields: "id") { id: ID! slots: [Slot!]! @shareable } type Slot { right: Boolean book: Book @shareable }
          type Book @key(fields: "isbn") { isbn: ID! }`,
        resolvers: {
          Shelf: {
            __resolveReference: ({ id }: Ref) => ({
              id,
              slots: [
                { right: false, book: { isbn: 'p' } },
                { right: true, book: { isbn: 'q' } },
              ],
            }),
          },
        },
      },
      c: {
        sdl: 'type Book @key(fields: "isbn") { isbn: ID! title: String! }',
        resolvers: {
          Book: {
            __resolveReference: ({ isbn }: { isbn: string }) => ({ isbn, title: `Book ${isbn}` }),
          },
        },
      },
    });
    const answer = await graph.run('{ shelf { slots { left right book { title } } } }');
    expect(answer).toEqual({
      data: {
        shelf: {
          slots: [
            { left: 1, right: false, book: { title: 'Book p' } },
            { left: 0, right: true, book: { title: 'Book q' } },
          ],
        },
      },
    });
  });
});

describe('@interfaceObject', () => {
  const media = {
    a: {
      sdl: `interface Media @key(fields: "id") { id: ID! title: String! }
        type Book implements Media @key(fields: "id") { id: ID! title: String! pages: Int }
        type Film implements Media @key(fields: "id") { id: ID! title: String! minutes: Int }`,
      resolvers: {
        Media: {
          __resolveReference: ({ id }: Ref) =>
            id === '1'
              ? { __typename: 'Book', id, title: 'B', pages: 9 }
              : { __typename: 'Film', id, title: 'F', minutes: 90 },
        },
      },
    },
    b: {
      sdl: `type Query { top: [Media!] } type Media @key(fields: "id") @interfaceObject { id: ID! stars: Int! }`,
      resolvers: {
        Query: {
          top: () => [
            { id: '1', stars: 5 },
            { id: '2', stars: 0 },
          ],
        },
        Media: { __resolveReference: ({ id }: Ref) => ({ id, stars: 3 }) },
      },
    },
  };

  test('shows the types other subgraphs know', async () => {
    const graph = createLocalGraph(media);
    const answer = await graph.run(
      '{ top { __typename id stars title ... on Book { pages } ... on Film { minutes } } }',
    );
    expect(answer).toEqual({
      data: {
        top: [
          { __typename: 'Book', id: '1', stars: 5, title: 'B', pages: 9 },
          { __typename: 'Film', id: '2', stars: 0, title: 'F', minutes: 90 },
        ],
      },
    });
  });

  test('needs nobody else when only its own fields are wanted', async () => {
    const graph = createLocalGraph(media);
    expect(await graph.run('{ top { id stars } }')).toEqual({
      data: {
        top: [
          { id: '1', stars: 5 },
          { id: '2', stars: 0 },
        ],
      },
    });
    expect(graph.requests).toHaveLength(1);
  });

  test('is null, never the interface, when the type cannot be learned', async () => {
    const graph = createLocalGraph(media);
    graph.intercept = ({ subgraph }, next) =>
      subgraph === 'a' ? Promise.reject(new SubgraphError('SUBGRAPH_TIMEOUT', 'a')) : next();
    const answer = await graph.run('{ top { __typename stars } }');
    expect(answer.data).toEqual({ top: null });
    expect(answer.errors?.map(({ extensions }) => extensions?.['code'])).toEqual([
      'SUBGRAPH_TIMEOUT',
      'SUBGRAPH_TIMEOUT',
    ]);
  });
});

describe('@override with a label', () => {
  const moving = {
    old: {
      sdl: 'type Query { thing: Thing } type Thing @key(fields: "id") { id: ID! place: String }',
      resolvers: {
        Query: { thing: () => ({ id: '1', place: 'old' }) },
        Thing: { __resolveReference: (thing: Ref) => ({ ...thing, place: 'old' }) },
      },
    },
    young: {
      sdl: 'type Thing @key(fields: "id") { id: ID! place: String @override(from: "old", label: "percent(50)") }',
      resolvers: { Thing: { __resolveReference: (thing: Ref) => ({ ...thing, place: 'young' }) } },
    },
  };

  test('switches by the decision for each request', async () => {
    let isOn = false;
    const graph = createLocalGraph(moving, { overrideLabel: () => isOn });
    expect(await graph.run('{ thing { place } }')).toEqual({ data: { thing: { place: 'old' } } });
    isOn = true;
    expect(await graph.run('{ thing { place } }')).toEqual({ data: { thing: { place: 'young' } } });
  });

  test('sends about the given share of requests to the new subgraph', async () => {
    const graph = createLocalGraph(moving);
    const answers: unknown[] = [];
    for (let at = 0; at < 100; at += 1) answers.push((await graph.run('{ thing { place } }')).data);
    const young = answers.filter((data) => JSON.stringify(data).includes('young')).length;
    // Twenty off fifty happens once in 20,000 runs.
    expect(Math.abs(young - 50)).toBeLessThan(21);
  });
});

describe('@provides', () => {
  test('saves a fetch on the path that provides, and only there', async () => {
    const graph = createLocalGraph({
      a: {
        sdl: 'type User @key(fields: "id") { id: ID! name: String! @shareable }',
        resolvers: { User: { __resolveReference: ({ id }: Ref) => ({ id, name: `User ${id}` }) } },
      },
      b: {
        sdl: `type Query { mine: Post other: Post } type Post { id: ID! author: User @provides(fields: "name") editor: User }
          type User @key(fields: "id") { id: ID! name: String! @external }`,
        resolvers: {
          Query: {
            mine: () => ({ id: '1', author: { id: '5', name: 'provided' }, editor: { id: '6' } }),
          },
        },
      },
    });
    expect(await graph.run('{ mine { author { name } } }')).toEqual({
      data: { mine: { author: { name: 'provided' } } },
    });
    expect(graph.requests).toHaveLength(1);
    expect(await graph.run('{ mine { editor { name } } }')).toEqual({
      data: { mine: { editor: { name: 'User 6' } } },
    });
  });
});

describe('mutations', () => {
  test('run a field where the first of its name stands that is not skipped', async () => {
    const log: string[] = [];
    const write = (_parent: unknown, { text }: { text: string }): string => {
      log.push(text);
      return text;
    };
    const graph = createLocalGraph({
      one: {
        sdl: 'type Query { x: Int } type Mutation { a(text: String!): String }',
        resolvers: { Mutation: { a: write } },
      },
      two: {
        sdl: 'type Mutation { b(text: String!): String }',
        resolvers: { Mutation: { b: write } },
      },
    });
    const query =
      'mutation ($first: Boolean!) { a(text: "a") @include(if: $first) b(text: "b") a(text: "a") }';
    expect(await graph.runText(query, { variables: { first: true } })).toBe(
      '{"data":{"a":"a","b":"b"}}',
    );
    expect(log.splice(0)).toEqual(['a', 'b']);
    expect(await graph.runText(query, { variables: { first: false } })).toBe(
      '{"data":{"b":"b","a":"a"}}',
    );
    expect(log).toEqual(['b', 'a']);
  });
});
