import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../transport/subgraph-fetch.ts';
import { ExactNumber } from '../transport/exact-number.ts';
import { createLocalGraph } from './testing/local-graph.ts';
import { createLyingGraph } from './testing/lying-graph.ts';
import { shop } from './testing/shop.ts';

describe('aliases', () => {
  test('cannot forge what another field requires', async () => {
    const graph = createLocalGraph(shop);
    const answer = await graph.run('{ me { plan: bio discount } }');
    expect(answer).toEqual({ data: { me: { plan: 'gold', discount: 0 } } });
  });

  test('cannot take the place of a key', async () => {
    const graph = createLocalGraph(shop);
    const answer = await graph.run('{ me { id: friendId reviews { text } __typename: name } }');
    expect(answer.data).toEqual({
      me: { id: '2', reviews: [{ text: 'good' }, { text: 'fair' }], __typename: 'Ada' },
    });
  });

  test('may be names that objects inherit', async () => {
    const graph = createLocalGraph(shop);
    const text = await graph.runText(
      '{ __proto__: me { constructor: name toString: age hasOwnProperty: reviews { __proto__: text } } }',
    );
    expect(text).toBe(
      '{"data":{"__proto__":{"constructor":"Ada","toString":36,"hasOwnProperty":[{"__proto__":"good"},{"__proto__":"fair"}]}}}',
    );
  });

  test('keep 0, false and empty strings', async () => {
    const graph = createLocalGraph(shop);
    const answer = await graph.run(
      '{ b: user(id: "2") { x: age } c: user(id: "3") { y: bio } topProducts { w: weight } }',
    );
    expect(answer.data).toEqual({ b: { x: 0 }, c: { y: '' }, topProducts: [{ w: 0 }, { w: 3 }] });
  });

  test('keep 0, false and empty strings where members of a union disagree about null', async () => {
    const sdl = `type Query { all: [AB!]! } union AB = A | B
      type A { n: Int s: String b: Boolean } type B { n: Int! s: String! b: Boolean! }`;
    const zero = { n: 0, s: '', b: false };
    const graph = createLocalGraph({
      one: {
        sdl,
        resolvers: {
          Query: {
            all: () => [
              { __typename: 'A', ...zero },
              { __typename: 'B', ...zero },
            ],
          },
        },
      },
    });
    const answer = await graph.run('{ all { ... on A { n s b } ... on B { x: n y: s z: b } } }');
    expect(answer.data).toEqual({ all: [zero, { x: 0, y: '', z: false }] });
  });

  test('may stand for different fields of different types', async () => {
    const sdl = `type Query { all: [AB!]! } union AB = A | B type A { p(x: Int): Int } type B { p(x: Int): Int }`;
    const p = (_parent: unknown, { x }: { x: number }): number => x;
    const graph = createLocalGraph({
      one: {
        sdl,
        resolvers: {
          Query: { all: () => [{ __typename: 'A' }, { __typename: 'B' }] },
          A: { p },
          B: { p },
        },
      },
    });
    const answer = await graph.run(
      '{ all { ... on A { v: p(x: 1) p(x: 5) } ... on B { v: p(x: 2) p(x: 6) } } }',
    );
    expect(answer.data).toEqual({
      all: [
        { v: 1, p: 5 },
        { v: 2, p: 6 },
      ],
    });
  });
});

describe('values', () => {
  const sdl = `type Query { int: Int float: Float string: String flag: Boolean id: ID list: [Int] nested: [[Int!]!]
      kind: Kind any: Any constructor: String toString: Thing } enum Kind { A B @inaccessible } scalar Any
      type Thing { a: Int }`;

  test.each<[string, JsonObject[string], string]>([
    ['int', 2_147_483_648, 'Int'],
    ['int', 1.5, 'Int'],
    ['int', '7', 'Int'],
    ['float', 'x', 'Float'],
    ['string', 5, 'String'],
    ['string', ['a'], 'String'],
    ['flag', 'true', 'Boolean'],
    ['id', {}, 'ID'],
    ['list', 1, 'list'],
    ['list', { 0: 1 }, 'list'],
    ['kind', 'C', 'Kind'],
    ['toString', 'x', 'Thing'],
  ])('%s never shows %j, and an error says so', async (field, value, expected) => {
    const graph = createLyingGraph(sdl, { [field]: value });
    const selection = field === 'toString' ? 'toString { a }' : field;
    const answer = await graph.run(`{ ${selection} }`);
    expect(answer.data).toEqual({ [field]: null });
    expect(answer.errors).toMatchObject([
      { message: `A subgraph answered no ${expected} for Query.${field}.`, path: [field] },
    ]);
  });

  test('an @inaccessible enum value is null and nothing tells of it', async () => {
    expect(await createLyingGraph(sdl, { kind: 'B' }).run('{ kind }')).toEqual({
      data: { kind: null },
    });
  });

  test('fields named as what objects inherit are null when a subgraph leaves them out', async () => {
    expect(await createLyingGraph(sdl, {}).run('{ constructor toString { a } }')).toEqual({
      data: { constructor: null, toString: null },
    });
  });

  test('errors inside lists have the index in their path and null only the item', async () => {
    const answer = await createLyingGraph(sdl, { list: [1, 'x', 3], nested: [[1], [2, null]] }).run(
      '{ list nested }',
    );
    expect(answer.data).toEqual({ list: [1, null, 3], nested: null });
    expect(answer.errors?.map(({ path }) => path)).toEqual([
      ['list', 1],
      ['nested', 1, 1],
    ]);
  });

  test('integers that no double holds stay as they are for IDs and custom scalars', async () => {
    const big = new ExactNumber('9007199254740993') as unknown as JsonObject;
    const text = await createLyingGraph(sdl, { id: big, any: { deep: [big] } }).runText(
      '{ id any }',
    );
    expect(text).toBe('{"data":{"id":"9007199254740993","any":{"deep":[9007199254740993]}}}');
  });

  test('custom scalars are passed on as they came, whatever is in them', async () => {
    const any = { 'a"b': [null, true, 'é\u2028\ud800', { nested: 1.5e-7 }] };
    const answer = await createLyingGraph(sdl, { any }).run('{ any }');
    expect(answer.data).toEqual({ any });
  });

  test('strings are escaped as JSON.stringify does it', async () => {
    for (const string of ['"', '\\', '\u0000', '\n', '\u007f', '😀', '\ud83d', 'é', '</script>']) {
      expect(await createLyingGraph(sdl, { string }).runText('{ string }')).toBe(
        JSON.stringify({ data: { string } }),
      );
    }
  });
});

describe('nulls', () => {
  const sdl = `type Query { a: A b: B! list: [A!] lists: [A] } type A { x: Int! b: B! } type B { y: Int! }`;

  test('a missing non-null value is an error with its path, and nulls up to what may be null', async () => {
    const answer = await createLyingGraph(sdl, {
      a: { x: 1, b: { y: null } },
      lists: [{ x: 1 }, { x: null }],
    }).run('{ a { x b { y } } lists { x } }');
    expect(answer.data).toEqual({ a: null, lists: [{ x: 1 }, null] });
    expect(answer.errors).toEqual([
      {
        message: 'Cannot return null for non-nullable field B.y.',
        path: ['a', 'b', 'y'],
        extensions: { code: 'SUBGRAPH_MALFORMED_RESPONSE' },
      },
      {
        message: 'Cannot return null for non-nullable field A.x.',
        path: ['lists', 1, 'x'],
        extensions: { code: 'SUBGRAPH_MALFORMED_RESPONSE' },
      },
    ]);
  });

  test('reaches data when nothing on the way may be null', async () => {
    const answer = await createLyingGraph(sdl, { b: { y: null } }).run('{ b { y } }');
    expect(answer.data).toBeNull();
  });

  test('an error the subgraph reported stands alone', async () => {
    const errors = [{ message: 'broken', path: ['a', 'b', 'y'], extensions: undefined }];
    const answer = await createLyingGraph(sdl, () => ({
      data: { a: null },
      errors,
      extensions: undefined,
    })).run('{ a { b { y } } }');
    expect(answer).toEqual({
      data: { a: null },
      errors: [
        { message: 'broken', path: ['a', 'b', 'y'], extensions: { code: 'SUBGRAPH_ERROR' } },
      ],
    });
  });
});

describe('types', () => {
  const sdl = `type Query { node: Node nodes: [Node] either: Either } interface Node { id: ID! }
    type A implements Node { id: ID! a: Int } type Hidden implements Node @inaccessible { id: ID! } union Either = A | Hidden`;

  test.each(['Unknown', 'Query', '__proto__', 'constructor', ''])(
    'an object that calls itself %j is null with an error that does not repeat the name',
    async (name) => {
      const answer = await createLyingGraph(sdl, { node: { __typename: name, id: '1' } }).run(
        '{ node { __typename id } }',
      );
      expect(answer.data).toEqual({ node: null });
      expect(answer.errors).toMatchObject([
        { message: 'A subgraph answered an object that is no Node.', path: ['node'] },
      ]);
    },
  );

  test('an object of an @inaccessible type is null and nothing tells of it', async () => {
    const text = await createLyingGraph(sdl, {
      node: { __typename: 'Hidden', id: '1' },
      either: { __typename: 'Hidden' },
    }).runText('{ node { __typename id } either { __typename } }');
    expect(text).toBe('{"data":{"node":null,"either":null}}');
  });

  test('an interface that is all a subgraph knows is never shown as a type', async () => {
    const answer = await createLyingGraph(sdl, { node: { __typename: 'Node', id: '1' } }).run(
      '{ node { __typename id } }',
    );
    expect(answer.data).toEqual({ node: null });
  });
});
