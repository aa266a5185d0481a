import { describe, expect, test } from '@jest/globals';
import { startTestGateway } from '../testing/start-test-gateway.ts';
import { composeTestSupergraph } from '../testing/test-subgraphs.ts';
import { startLiar } from './testing/liar.ts';
import { createLocalGraph } from './testing/local-graph.ts';

interface Item {
  readonly price: number | null;
}

describe('@requires with arguments inside an interface', () => {
  const price = (_item: unknown, { currency }: { readonly currency: string }): number =>
    currency === 'USD' ? 10 : 9;
  const add = (items: readonly Item[]): number =>
    items.reduce((sum, { price: each }) => sum + (each ?? Number.NaN), 0);

  test('reads the arguments of each, whatever the client asks beside it', async () => {
    const graph = createLocalGraph({
      a: {
        sdl: `type Query { thing: Thing } type Thing @key(fields: "id") { id: ID! items: [Item!]! }
          interface Item { price(currency: String!): Int }
          type Toy implements Item @shareable { price(currency: String!): Int }
          type Tool implements Item @shareable { price(currency: String!): Int }`,
        resolvers: {
          Query: { thing: () => ({ id: '1' }) },
          Thing: {
            __resolveReference: (thing: object) => thing,
            items: () => [{ __typename: 'Toy' }, { __typename: 'Tool' }],
          },
          Toy: { price },
          Tool: { price },
        },
      },
      b: {
        sdl: `type Thing @key(fields: "id") { id: ID! items: [Item!]! @external
            dollars: Int @requires(fields: "items { price(currency: \\"USD\\") }")
            euros: Int @requires(fields: "items { price(currency: \\"EUR\\") }") }
          interface Item { price(currency: String!): Int }
          type Toy implements Item { price(currency: String!): Int @external }
          type Tool implements Item { price(currency: String!): Int @external }`,
        resolvers: {
          Thing: {
            __resolveReference: (told: object) => told,
            dollars: ({ items }: { readonly items: readonly Item[] }) => add(items),
            euros: ({ items }: { readonly items: readonly Item[] }) => add(items),
          },
        },
      },
    });
    const query = '{ thing { euros items { price: price(currency: "JPY") } dollars } }';
    expect(await graph.run(query)).toEqual({
      data: { thing: { euros: 18, items: [{ price: 9 }, { price: 9 }], dollars: 20 } },
    });
  });
});

describe('a field that several subgraphs know', () => {
  const thing = (from: string) => (): object => ({
    __typename: 'Thing',
    id: '1',
    name: from,
    part: { left: from, both: from },
  });

  test('is that of the subgraph it was asked of, also when another one answers later', async () => {
    const graph = createLocalGraph({
      first: {
        sdl: `type Query { thing: Thing } type Thing @key(fields: "id") { id: ID! name: String @shareable part: Part @shareable }
          type Part @shareable { left: String both: String }`,
        resolvers: { Query: { thing: thing('first') } },
      },
      second: {
        sdl: `type Thing @key(fields: "id") { id: ID! name: String @shareable part: Part @shareable extra: Int }
          type Part @shareable { both: String right: Int }`,
        resolvers: {
          Thing: {
            __resolveReference: thing('second'),
            extra: () => 2,
            part: () => ({ both: 'second', right: 3 }),
          },
        },
      },
    });
    expect(await graph.run('{ thing { name extra part { left both right } } }')).toEqual({
      data: {
        thing: { name: 'first', extra: 2, part: { left: 'first', both: 'first', right: 3 } },
      },
    });
    expect(graph.requests[1]?.body).toContain('{extra part{right}}');
  });
});

describe('directives that stop others from starting', () => {
  test('a supergraph with all of them is served', async () => {
    const one = await startLiar(
      'one',
      `extend schema @link(url: "https://specs.apollo.dev/federation/v2.12", import: ["@key", "@tag", "@inaccessible",
          "@cost", "@listSize", "@authenticated", "@requiresScopes", "@policy", "@cacheTag", "@context", "@fromContext"])
        type Query {
          thing: Thing @cacheTag(format: "things")
          things(first: Int): [Thing] @listSize(slicingArguments: ["first"], requireOneSlicingArgument: false)
          secret: Int @authenticated
          scoped: Int @requiresScopes(scopes: [["x"]])
          ruled: Int @policy(policies: [["y"]])
        }
        type Thing @key(fields: "id") @cacheTag(format: "thing-{$key.id}") @context(name: "thing") {
          id: ID! @tag(name: "public") name: String @cost(weight: 3) hidden: Int @inaccessible part: Part
        }
        type Part @key(fields: "id") { id: ID! label(of: String @fromContext(field: "$thing { name }")): String }`,
    );
    one.say = () => '{"data":{"thing":{"__typename":"Thing","id":"1","name":"N"},"secret":1}}';
    const gateway = await startTestGateway(composeTestSupergraph([one]));
    try {
      const { json } = await gateway.ask({ query: '{ thing { id name } secret scoped ruled }' });
      expect(json?.data).toEqual({
        thing: { id: '1', name: 'N' },
        secret: null,
        scoped: null,
        ruled: null,
      });
      expect(json?.errors?.map(({ path }) => path?.[0])).toEqual(['secret', 'scoped', 'ruled']);
      expect(one.bodies.join()).not.toMatch(/secret|scoped|ruled/);
    } finally {
      await gateway.stop();
      await one.stop();
    }
  });
});
