import { composeServices } from '@apollo/composition';
import { describe, expect, test } from '@jest/globals';
import { createLog } from '@trellis/platform/log';
import { parse } from 'graphql';
import { makeContext, type LocalSubgraph } from '../execution/testing/local-graph.ts';
import { makeSnapshot, type Snapshot } from '../supergraph/snapshot.ts';
import { createAuthorization } from './authorize.ts';
import { describeRules } from './describe-rules.ts';
import type { RuleContext } from './rule-context.ts';
import { or, rule, shield } from './shield.ts';
import { caller, createRuledGraph } from './testing/ruled-graph.ts';

const hasScope = rule('hasScope', { cache: 'contextual' })(
  (_parent: unknown, _args: unknown, { identity }: RuleContext) => identity.scopes.includes('all'),
);
const isOwn = rule('isOwn', { cache: 'strict', fragment: '{ id }' })(
  ({ id }: { id: string }, _args: unknown, { identity }: RuleContext) => identity.subject === id,
);

describe('rules on a type that another subgraph knows as an interface object', () => {
  const subgraphs: Readonly<Record<string, LocalSubgraph>> = {
    media: {
      sdl: `type Query { media: [Media!] }
        interface Media @key(fields: "id") { id: ID! }
        type Book implements Media @key(fields: "id") { id: ID! }
        type Film implements Media @key(fields: "id") { id: ID! }`,
      resolvers: {
        Query: {
          media: () => [
            { __typename: 'Book', id: 'b1' },
            { __typename: 'Book', id: 'b2' },
            { __typename: 'Film', id: 'f1' },
          ],
        },
        Media: { __resolveType: ({ __typename }: { __typename: string }) => __typename },
      },
    },
    ratings: {
      sdl: `type Media @interfaceObject @key(fields: "id") { id: ID!  rating: String }`,
      resolvers: {
        Media: {
          __resolveReference: (reference: object) => reference,
          rating: ({ id }: { id: string }) => `CANARY-${id}`,
        },
      },
    },
  };

  test.each([
    '{ media { id rating } }',
    '{ media { id ... on Book { rating } ... on Film { rating } } }',
  ])(
    'hold for the objects they name, and those are not named to that subgraph: %s',
    async (query) => {
      const permissions = shield({ Book: { rating: isOwn } });
      const graph = createRuledGraph(subgraphs, { permissions });
      const answer = await graph.ask(query, caller('b2'));
      expect(answer.data).toEqual({
        media: [
          { id: 'b1', rating: null },
          { id: 'b2', rating: 'CANARY-b2' },
          { id: 'f1', rating: 'CANARY-f1' },
        ],
      });
      const told = graph.graph.requests.filter(({ subgraph }) => subgraph === 'ratings');
      expect(JSON.stringify(told)).not.toContain('b1');
    },
  );

  test('take fields out before planning where nobody has to be looked at', async () => {
    const graph = createRuledGraph(subgraphs, {
      permissions: shield({ Book: { rating: hasScope } }),
    });
    const answer = await graph.ask('{ media { id rating } }', caller('b2'));
    expect(JSON.stringify(answer.data)).not.toContain('CANARY-b');
    expect(JSON.stringify(answer.data)).toContain('CANARY-f1');
  });
});

describe('rules on what a mutation gives back', () => {
  const executed: string[] = [];
  const orders: LocalSubgraph = {
    sdl: `type Query { none: Int }
      type Mutation { place(owner: ID!): Placed  ship(owner: ID!): [Order] }
      type Placed { order: Order }
      type Order @key(fields: "id") { id: ID!  note: String }`,
    resolvers: {
      Mutation: {
        place: (_: unknown, { owner }: { owner: string }) => {
          executed.push(owner);
          return { order: { id: owner, note: `CANARY-${owner}` } };
        },
        ship: (_: unknown, { owner }: { owner: string }) => [
          { id: owner, note: `CANARY-${owner}` },
        ],
      },
      Order: { __resolveReference: (reference: object) => reference },
    },
  };
  const bills: LocalSubgraph = {
    sdl: `type Order @key(fields: "id") { id: ID!  bill: String }`,
    resolvers: {
      Order: {
        __resolveReference: (reference: object) => reference,
        bill: ({ id }: { id: string }) => `CANARY-bill-${id}`,
      },
    },
  };

  test('judge each object that comes back, after the mutation has run, once', async () => {
    const permissions = shield({ Order: { note: isOwn, bill: isOwn } });
    const graph = createRuledGraph({ orders, bills }, { permissions });
    const answer = await graph.ask(
      'mutation { mine: place(owner: "anna") { order { note bill } } other: place(owner: "bert") { order { id note bill } } ship(owner: "bert") { note } }',
      caller('anna'),
    );
    expect(answer.data).toEqual({
      mine: { order: { note: 'CANARY-anna', bill: 'CANARY-bill-anna' } },
      other: { order: { id: 'bert', note: null, bill: null } },
      ship: [{ note: null }],
    });
    expect(executed).toEqual(['anna', 'bert']);
    const told = graph.graph.requests.filter(({ subgraph }) => subgraph === 'bills');
    expect(JSON.stringify(told)).not.toContain('bert');
  });
});

describe('access directives of several subgraphs', () => {
  const compose = (subgraphs: Readonly<Record<string, string>>): Snapshot => {
    const composed = composeServices(
      Object.entries(subgraphs).map(([name, sdl]) => ({
        name,
        url: `http://${name}.invalid`,
        typeDefs: parse(sdl),
      })),
    );
    if (!composed.supergraphSdl) throw new Error(String(composed.errors));
    return makeSnapshot(composed.supergraphSdl);
  };
  const link = (imports: string): string =>
    `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [${imports}])`;

  test.each([
    ['imported as it is', '"@authenticated"', '@authenticated'],
    ['renamed', '{ name: "@authenticated", as: "@login" }', '@login'],
    ['spelt out', '"@key"', '@federation__authenticated'],
  ])('are enforced: %s', (_name, imports, directive) => {
    const snapshot = compose({
      one: `${link(imports)} type Query { a: Int ${directive}  open: Int  s: Secret }
        type Secret ${directive} { text: String }`,
      other: `${link(imports)} type Query { b: Int ${directive} }`,
    });
    const rules = describeRules(snapshot, {}).map(({ coordinate, rule: written }) => [
      coordinate,
      written,
    ]);
    expect(Object.fromEntries(rules)).toEqual({
      'Query.a': '@authenticated',
      'Query.b': '@authenticated',
      'Query.open': 'none',
      'Query.s': '@authenticated',
      'Secret.text': '@authenticated',
    });
  });

  test('are refused by composition where they have several names', () => {
    expect(() =>
      compose({
        one: `${link('{ name: "@authenticated", as: "@login" }')} type Query { a: Int @login }`,
        other: `${link('"@authenticated"')} type Query { b: Int @authenticated }`,
      }),
    ).toThrow('mismatched name');
  });

  test('are demanded together where scopes differ', async () => {
    const shared = (scope: string): string =>
      `${link('"@shareable", "@requiresScopes"')} type Query { p: Int @shareable @requiresScopes(scopes: [["${scope}"]]) }`;
    const snapshot = compose({ a: shared('x'), b: shared('y') });
    const authorization = createAuthorization({}, createLog('test', { LOG_LEVEL: 'silent' }));
    const document = parse('{ p }', { noLocation: true });
    const operation = document.definitions[0] as never;
    const prepared = {
      hash: 'p',
      text: '{ p }',
      document,
      operation,
      name: undefined,
      kind: 'query',
    } as const;
    const removedFor = async (...scopes: string[]): Promise<readonly string[]> => {
      const context = makeContext({ identity: caller('anna', { scopes }) });
      return (await authorization.authorize({ prepared, variables: {}, context, snapshot }))
        .removed;
    };
    expect(await removedFor('x')).toEqual(['p']);
    expect(await removedFor('y')).toEqual(['p']);
    expect(await removedFor('x', 'y')).toEqual([]);
  });
});

describe('a plan', () => {
  test('is shared by callers with equal permissions, and by no others', async () => {
    const thing: LocalSubgraph = {
      sdl: 'type Query { things: [Thing] } type Thing @key(fields: "id") { id: ID!  a: Int  b: Int }',
    };
    const permissions = shield({ Thing: { a: or(hasScope, isOwn), b: hasScope } });
    const graph = createRuledGraph({ thing }, { permissions });
    const authorization = createAuthorization(
      { permissions },
      createLog('test', { LOG_LEVEL: 'silent' }),
    );
    const snapshot = makeSnapshot(graph.graph.sdl);
    const { prepared } = graph.graph.permit('{ things { id a b } }');
    const planFor = async (subject: string, ...scopes: string[]): Promise<unknown> => {
      const context = makeContext({ identity: caller(subject, { scopes }) });
      return graph.graph.engine.plan(
        await authorization.authorize({ prepared, variables: {}, context, snapshot }),
      );
    };
    const [anna, bert, eve, max] = [
      await planFor('anna'),
      await planFor('bert'),
      await planFor('eve', 'all'),
      await planFor('max', 'all', 'other'),
    ];
    expect(bert).toBe(anna);
    expect(max).toBe(eve);
    expect(eve).not.toBe(anna);
  });
});
