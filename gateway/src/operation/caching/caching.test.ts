import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';
import { formatCachePolicy } from '../../cache-policy.ts';
import { makeSnapshot } from '../../supergraph/snapshot.ts';
import { startTestGateway, type TestGateway } from '../../testing/start-test-gateway.ts';
import {
  composeTestSupergraph,
  startTestSubgraph,
  type TestSubgraph,
} from '../../testing/test-subgraphs.ts';
import { createCachingCompiler } from './caching-compiler.ts';

const cacheControl = (name = 'cacheControl'): string => `
directive @${name}(maxAge: Int, scope: CacheControlScope, inheritMaxAge: Boolean)
  on FIELD_DEFINITION | OBJECT | INTERFACE | UNION
enum CacheControlScope { PUBLIC PRIVATE }`;

const link = (imported = '"@cacheControl"', name = 'cacheControl'): string => `
extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@composeDirective"])
  @link(url: "https://example.com/caching/v1.0", import: [${imported}])
  @composeDirective(name: "@${name}")`;

const schema = `${link()} ${cacheControl()}
type Query {
  silent: Item
  aged: Item @cacheControl(maxAge: 60)
  word: String
  agedWord: String @cacheControl(maxAge: 20)
  typed: Typed
  shorter: Typed @cacheControl(maxAge: 10, scope: PUBLIC)
  inheriting: Item @cacheControl(inheritMaxAge: true)
  secret: Secret @cacheControl(maxAge: 60)
  any: Any @cacheControl(maxAge: 60)
  node: Node @cacheControl(maxAge: 60)
  nodes: [Node] @cacheControl(maxAge: 60)
  zero: Item @cacheControl(maxAge: 0)
  negative: Item @cacheControl(maxAge: -5)
}
type Mutation { make: Item @cacheControl(maxAge: 60) }
type Typed @cacheControl(maxAge: 30, scope: PRIVATE) { id: ID! item: Item word: String @cacheControl(maxAge: 5) }
type Secret @cacheControl(scope: PRIVATE) { id: ID! }
type Inheriting @cacheControl(inheritMaxAge: true) { id: ID! }
type Item {
  id: ID!
  word: String
  item: Item
  own: Item @cacheControl(inheritMaxAge: true)
  both: Inheriting
  private: String @cacheControl(scope: PRIVATE)
  short: String @cacheControl(maxAge: 7)
  items: [Item!]! @cacheControl(maxAge: 40)
}
interface Node { id: ID! @cacheControl(maxAge: 50) name: String next: Node }
type Leaf implements Node { id: ID! name: String @cacheControl(maxAge: 15) next: Node @cacheControl(maxAge: 25) }
type Branch implements Node { id: ID! name: String @cacheControl(scope: PRIVATE) next: Node }
union Any = Item | Typed`;

function compose(...subgraphs: readonly string[]): string {
  const { supergraphSdl, errors } = composeServices(
    subgraphs.map((sdl, at) => ({
      name: `s${at}`,
      url: `http://s${at}.example`,
      typeDefs: parse(sdl),
    })),
  );
  if (!supergraphSdl) throw new Error(String(errors));
  return supergraphSdl;
}

const snapshot = makeSnapshot(compose(schema));

/** `headers | no headers`: what may be kept when all subgraphs have permitted an hour, and when none has said anything. */
function cachingOf(
  text: string,
  {
    of = snapshot,
    variables = {},
    defaultMaxAgeSeconds = 0,
  }: {
    of?: typeof snapshot;
    variables?: Record<string, unknown>;
    defaultMaxAgeSeconds?: number;
  } = {},
): string | undefined {
  const document = parse(text);
  const operation = document.definitions.find((each) => each.kind === 'OperationDefinition');
  if (!operation) throw new Error('no operation');
  const compiler = createCachingCompiler({ isEnabled: true, defaultMaxAgeSeconds });
  const caching = compiler.cachingOf(document, operation, of)?.(variables);
  if (!caching) return undefined;
  const { declared, complete } = caching;
  const hour = Math.min(declared.maxAgeSeconds, 3600);
  return `${formatCachePolicy({ ...declared, maxAgeSeconds: hour })} | ${formatCachePolicy(complete)}`;
}

describe('hints of an operation', () => {
  test.each([
    ['a root field without a hint has the default', '{ silent { id } }', '3600 public | 0'],
    ['a root scalar too', '{ word }', '3600 public | 0'],
    ['a field with an age', '{ aged { id word } }', '60 public | 60 public'],
    ['a root scalar with an age', '{ agedWord }', '20 public | 20 public'],
    ['the strictest of several', '{ aged { id } agedWord }', '20 public | 20 public'],
    ['an object below without a hint', '{ aged { item { id } } }', '60 public | 0'],
    ['one that inherits', '{ aged { own { id } } }', '60 public | 60 public'],
    ['one whose type inherits', '{ aged { both { id } } }', '60 public | 60 public'],
    ['a list with a hint', '{ aged { items { id } } }', '40 public | 40 public'],
    ['a root field has nobody to inherit from', '{ inheriting { id } }', '3600 public | 0'],
    ['the hint of a type', '{ typed { id } }', '30 private | 30 private'],
    ["a field's hint before its type's", '{ shorter { id } }', '10 public | 10 public'],
    ['a scope of a type', '{ secret { id } }', '60 private | 60 private'],
    ['a scope of a scalar', '{ aged { private } }', '60 private | 60 private'],
    ['a shorter age of a scalar', '{ aged { short } }', '7 public | 7 public'],
    ['an age of nothing', '{ zero { id } }', '0 | 0'],
    ['an age below nothing', '{ negative { id } }', '0 | 0'],
    ['aliases', '{ x: aged { y: short } }', '7 public | 7 public'],
    ['fragments', '{ ...F } fragment F on Query { aged { ... { short } } }', '7 public | 7 public'],
    ['a member of a union', '{ any { ... on Typed { word } } }', '5 public | 5 public'],
    ['a field of an interface, of whatever type', '{ node { name } }', '15 private | 15 private'],
    ['a field of one type only', '{ node { ... on Branch { name } } }', '60 private | 60 private'],
    ["an interface's own hint beside them", '{ node { id } }', '50 public | 50 public'],
    ['an object that one type gives no age', '{ node { next { id } } }', '25 public | 0'],
    ['the same for a list', '{ nodes { ... on Leaf { next { id } } } }', '25 public | 25 public'],
    ['introspection beside it', '{ aged { id } __type(name: "Item") { name } }', '60 public | 0'],
    ['type names say nothing', '{ __typename aged { __typename } }', '60 public | 60 public'],
    ['what is never asked', '{ aged { id short @skip(if: true) } }', '60 public | 60 public'],
  ])('%s', (_what, text, expected) => {
    const [declared = '', complete = ''] = expected.split(' | ');
    expect(cachingOf(text)).toBe(`${written(declared)} | ${written(complete)}`);
  });

  test('follow @skip and @include', () => {
    const text =
      'query ($a: Boolean!, $b: Boolean!) { aged @include(if: $a) { word short @skip(if: $b) own @skip(if: $b) { private } } agedWord }';
    const of = (a: boolean, b: boolean): string | undefined =>
      cachingOf(text, { variables: { a, b } });
    expect(of(false, false)).toBe(`${written('20 public')} | ${written('20 public')}`);
    expect(of(true, true)).toBe(`${written('20 public')} | ${written('20 public')}`);
    expect(of(true, false)).toBe(`${written('7 private')} | ${written('7 private')}`);
  });

  test('take the default of the settings where there is none', () => {
    const settings = { defaultMaxAgeSeconds: 45 };
    expect(cachingOf('{ silent { id } }', settings)).toContain('| max-age=45, public');
    expect(cachingOf('{ aged { item { short } } }', settings)).toContain('| max-age=7, public');
  });

  test('are absent for mutations and for graphs without any', () => {
    expect(cachingOf('mutation { make { id } }')).toBeUndefined();
    const plain = makeSnapshot(compose('type Query { aged: String }'));
    expect(cachingOf('{ aged }', { of: plain })).toBeUndefined();
    const own = `directive @cacheControl(maxAge: Int) on FIELD_DEFINITION
type Query { aged: String @cacheControl(maxAge: 60) }`;
    const stripped = makeSnapshot(compose(own));
    expect(cachingOf('{ aged }', { of: stripped })).toBeUndefined();
  });

  test('are found under the name that the supergraph imports', () => {
    const renamed = `${link('{ name: "@cacheControl", as: "@keep" }', 'keep')} ${cacheControl('keep')}
type Query { aged: String @keep(maxAge: 60) }`;
    expect(cachingOf('{ aged }', { of: makeSnapshot(compose(renamed)) })).toContain('max-age=60');
  });

  test('of two subgraphs at one field are the strictest', () => {
    const shared = (age: number): string =>
      `${link().replace('"@key"', '"@key", "@shareable"')} ${cacheControl()}
type Query { aged: String @shareable @cacheControl(maxAge: ${age}) }`;
    const sdl = compose(shared(60), shared(60));
    expect(cachingOf('{ aged }', { of: makeSnapshot(sdl) })).toContain('max-age=60');
    const twice = sdl
      .replace('@cacheControl(maxAge: 60)', '@cacheControl(maxAge: 60) @cacheControl(maxAge: 9)')
      .replace('inheritMaxAge: Boolean) on', 'inheritMaxAge: Boolean) repeatable on');
    expect(cachingOf('{ aged }', { of: makeSnapshot(twice) })).toContain('max-age=9,');
  });
});

function written(short: string): string {
  const [age = '', scope = ''] = short.split(' ');
  return age === '0' ? 'no-store' : `max-age=${age}, ${scope}`;
}

describe.each([
  { server: 'trellis', engine: 'trellis' },
  { server: 'apollo', engine: 'trellis' },
  { server: 'trellis', engine: 'apollo' },
] as const)(
  'Cache-Control by hints of the supergraph, server: $server, engine: $engine',
  ({ server, engine }) => {
    let items: TestSubgraph;
    let prices: TestSubgraph;
    let gateway: TestGateway;
    beforeAll(async () => {
      items = await startTestSubgraph({
        name: 'items',
        sdl: `${link()} ${cacheControl()}
type Query { item: Item @cacheControl(maxAge: 60) other: Item fail: String @cacheControl(maxAge: 60) }
type Mutation { make: Item @cacheControl(maxAge: 60) }
type Item @key(fields: "id") { id: ID! name: String secret: String @cacheControl(scope: PRIVATE) }`,
        resolvers: {
          Query: {
            item: () => ({ id: '1', name: 'Pen', secret: 's' }),
            other: () => ({ id: '2', name: 'Ink' }),
            fail: () => {
              throw new Error('no');
            },
          },
          Mutation: { make: () => ({ id: '1', name: 'Pen' }) },
        },
      });
      prices = await startTestSubgraph({
        name: 'prices',
        sdl: `${link()} ${cacheControl()}
type Item @key(fields: "id") { id: ID! price: Int @cacheControl(maxAge: 5) offers: [Offer] }
type Offer { id: ID! }`,
        resolvers: {
          Item: { __resolveReference: ({ id }: { id: string }) => ({ id, price: 3, offers: [] }) },
        },
      });
      gateway = await startTestGateway(composeTestSupergraph([items, prices]), {
        settings: { server, engine, authentication: {} },
      });
    });
    afterAll(async () => {
      await gateway.stop();
      await Promise.all([items.stop(), prices.stop()]);
    });
    beforeEach(() => {
      items.cacheControl = undefined;
      prices.cacheControl = undefined;
    });

    async function controlOf(query: string, variables?: unknown): Promise<string | null> {
      return (await gateway.ask({ query, variables })).headers.get('cache-control');
    }

    test('stands where no subgraph says anything', async () => {
      expect(await controlOf('{ item { name } }')).toBe('max-age=60, public');
      expect(await controlOf('{ item { name price } }')).toBe('max-age=5, public');
      expect(await controlOf('{ item { name secret } }')).toBe('max-age=60, private');
      expect(await controlOf('{ item { offers { id } } }')).toBe('no-store');
      expect(await controlOf('{ other { name } }')).toBe('no-store');
      const text = 'query ($p: Boolean!) { item { name price @include(if: $p) } }';
      expect(await controlOf(text, { p: false })).toBe('max-age=60, public');
      expect(await controlOf(text, { p: true })).toBe('max-age=5, public');
    });

    test('is the strictest of hints and headers', async () => {
      items.cacheControl = 'max-age=30';
      expect(await controlOf('{ item { name } }')).toBe('max-age=30, public');
      expect(await controlOf('{ item { name price } }')).toBe('max-age=5, public');
      expect(await controlOf('{ item { name secret } }')).toBe('max-age=30, private');
      items.cacheControl = 'max-age=600, private';
      expect(await controlOf('{ item { name } }')).toBe('max-age=60, private');
      items.cacheControl = 'no-store';
      expect(await controlOf('{ item { name } }')).toBe('no-store');
      items.cacheControl = 'max-age=600';
      prices.cacheControl = 'no-cache';
      expect(await controlOf('{ item { name price } }')).toBe('no-store');
      expect(await controlOf('{ item { name } }')).toBe('max-age=60, public');
    });

    test('lets a header speak for fields without a hint, and no other', async () => {
      items.cacheControl = 'max-age=30';
      expect(await controlOf('{ other { name } }')).toBe('max-age=30, public');
      expect(await controlOf('{ other { name price } }')).toBe('no-store');
      prices.cacheControl = 'max-age=40';
      expect(await controlOf('{ other { name offers { id } } }')).toBe('max-age=30, public');
    });

    test('is no-store for errors, mutations and what asks no subgraph', async () => {
      expect(await controlOf('{ item { name } fail }')).toBe('no-store');
      expect(await controlOf('mutation { make { name } }')).toBe('no-store');
      expect(await controlOf('{ __typename }')).toBe('no-store');
      expect(await controlOf('{ item { nobody } }')).toBe('no-store');
    });
  },
);

test('hints say nothing when they are switched off', async () => {
  const items = await startTestSubgraph({
    name: 'items',
    sdl: `${link()} ${cacheControl()}
type Query { item: String @cacheControl(maxAge: 60) }`,
    resolvers: { Query: { item: () => 'Pen' } },
  });
  const gateway = await startTestGateway(composeTestSupergraph([items]), {
    settings: { operation: { cacheHints: { isEnabled: false } } },
  });
  const answer = await gateway.ask({ query: '{ item }' });
  expect(answer.headers.get('cache-control')).toBe('no-store');
  await gateway.stop();
  await items.stop();
});
