import { describe, expect, test } from '@jest/globals';
import type { RuleContext } from '../authorization/rule-context.ts';
import { rule, shield } from '../authorization/shield.ts';
import { caller, createRuledGraph, type RuledGraph } from '../authorization/testing/ruled-graph.ts';
import type { LocalSubgraph } from './testing/local-graph.ts';

interface Entry {
  readonly id: string;
  readonly owner: string;
}

/** One order may be listed twice, each time as somebody else's: what is decided of one entry says nothing of the other. */
function shopOf(entries: readonly Entry[]): Readonly<Record<string, LocalSubgraph>> {
  const __resolveReference = (told: object): object => told;
  return {
    orders: {
      sdl: `type Query { orders: [Order]! } type Order @key(fields: "id") { id: ID! owner: String cost: String }`,
      resolvers: {
        Query: { orders: () => entries },
        Order: { __resolveReference, cost: ({ id }: Entry) => `COST-${id}` },
      },
    },
    weights: {
      sdl: 'type Order @key(fields: "id") { id: ID! weight: String }',
      resolvers: { Order: { __resolveReference, weight: ({ id }: Entry) => `WEIGHT-${id}` } },
    },
    money: {
      sdl: `type Order @key(fields: "id") { id: ID! cost: String @external weight: String @external
        state: String risk: String @requires(fields: "cost") postage: String @requires(fields: "weight") }`,
      resolvers: {
        Order: {
          __resolveReference,
          state: ({ id }: Entry) => `STATE-${id}`,
          risk: ({ cost }: { readonly cost: unknown }) => `RISK-${String(cost)}`,
          postage: ({ weight }: { readonly weight: unknown }) => `POST-${String(weight)}`,
        },
      },
    },
  };
}

const isOwner = rule('isOwner', { cache: 'no_cache', fragment: '{ owner }' })(
  ({ owner }: Entry, _args: unknown, { identity }: RuleContext) => identity.subject === owner,
);
const isNobody = rule('isNobody', { cache: 'contextual' })(() => false);
const anna = caller('anna');

const mine = { id: 'o1', owner: 'anna' };
const theirs = { id: 'o1', owner: 'bert' };
const orders: readonly (readonly [string, readonly Entry[]])[] = [
  ['first', [mine, theirs]],
  ['last', [theirs, mine]],
  ['in the middle', [theirs, mine, theirs]],
];

async function ask(graph: RuledGraph, query: string) {
  const { data, errors } = await graph.ask(query, anna);
  return { orders: data?.['orders'], codes: errors?.map(({ extensions }) => extensions?.['code']) };
}

describe.each(orders)(
  'entries with one key, of which the one that may be shown stands %s',
  (_place, entries) => {
    test.each([
      ['state', 'STATE-o1'],
      ['risk', 'RISK-COST-o1'],
      ['postage', 'POST-WEIGHT-o1'],
      ['weight', 'WEIGHT-o1'],
      ['cost', 'COST-o1'],
    ])('show %s to none but its owner', async (field, value) => {
      const graph = createRuledGraph(shopOf(entries), {
        permissions: shield({ Order: { [field]: isOwner } }),
      });
      const answer = await ask(graph, `{ orders { x: ${field} } }`);
      expect(answer.orders).toEqual(
        entries.map(({ owner }) => ({ x: owner === 'anna' ? value : null })),
      );
      expect(answer.codes).toEqual(
        entries.filter(({ owner }) => owner !== 'anna').map(() => 'FORBIDDEN'),
      );
    });

    test('keep what is computed from a guarded field apart from what is computed without it', async () => {
      const graph = createRuledGraph(shopOf(entries), {
        permissions: shield({ Order: { risk: isOwner, cost: isOwner, postage: isOwner } }),
      });
      const answer = await ask(graph, '{ orders { state risk postage cost } }');
      expect(answer.orders).toEqual(
        entries.map(({ owner }) =>
          owner === 'anna'
            ? {
                state: 'STATE-o1',
                risk: 'RISK-COST-o1',
                postage: 'POST-WEIGHT-o1',
                cost: 'COST-o1',
              }
            : { state: 'STATE-o1', risk: null, postage: null, cost: null },
        ),
      );
    });

    test('show their key to none but its owner, and still serve by it what is free', async () => {
      const graph = createRuledGraph(shopOf(entries), {
        permissions: shield({ Order: { id: isOwner } }),
      });
      const withKey = await ask(graph, '{ orders { key: id state } }');
      expect(withKey.orders).toEqual(
        entries.map(({ owner }) => (owner === 'anna' ? { key: 'o1', state: 'STATE-o1' } : null)),
      );
      const without = await ask(graph, '{ orders { state postage } }');
      expect(without.orders).toEqual(
        entries.map(() => ({ state: 'STATE-o1', postage: 'POST-WEIGHT-o1' })),
      );
    });
  },
);

describe('a key that is denied to everybody', () => {
  test.each([
    '{ orders { id state } }',
    '{ orders { state k: id } }',
    '{ orders { ... on Order { id } } }',
  ])('is shown nowhere: %s', async (query) => {
    const graph = createRuledGraph(shopOf([mine, theirs]), {
      permissions: shield({ Order: { id: isNobody } }),
    });
    const answer = await ask(graph, query);
    expect(answer.orders).toEqual([null, null]);
    expect(answer.codes).toEqual(['FORBIDDEN', 'FORBIDDEN']);
  });

  test('still joins what is free', async () => {
    const graph = createRuledGraph(shopOf([mine, { id: 'o2', owner: 'anna' }]), {
      permissions: shield({ Order: { id: isNobody } }),
    });
    const answer = await ask(graph, '{ orders { state risk } }');
    expect(answer).toEqual({
      orders: [
        { state: 'STATE-o1', risk: 'RISK-COST-o1' },
        { state: 'STATE-o2', risk: 'RISK-COST-o2' },
      ],
      codes: undefined,
    });
  });
});
