import { describe, expect, test } from '@jest/globals';
import type { LocalSubgraph } from '../execution/testing/local-graph.ts';
import type { RuleContext } from './rule-context.ts';
import { rule, shield } from './shield.ts';
import { caller, createRuledGraph, type RuledGraph } from './testing/ruled-graph.ts';

const owners: Readonly<Record<string, string>> = { o1: 'anna', o2: 'bert', o3: 'anna' };

/** Orders know their owners and what they cost; money tells states, risks and payments, cards the cards of payments. */
const shop: Readonly<Record<string, LocalSubgraph>> = {
  orders: {
    sdl: `type Query { orders: [Order!]! }
      type Order @key(fields: "id") { id: ID!  owner: String  cost: String }`,
    resolvers: {
      Query: { orders: () => Object.entries(owners).map(([id, owner]) => ({ id, owner })) },
      Order: {
        __resolveReference: (reference: { id: string }) => ({
          ...reference,
          owner: owners[reference.id],
        }),
        cost: ({ id }: { id: string }) => `COST-${id}`,
      },
    },
  },
  weights: {
    sdl: `type Order @key(fields: "id") { id: ID!  weight: String }`,
    resolvers: {
      Order: {
        __resolveReference: (reference: object) => reference,
        weight: ({ id }: { id: string }) => `WEIGHT-${id}`,
      },
    },
  },
  money: {
    sdl: `type Order @key(fields: "id") { id: ID!  cost: String @external  weight: String @external
        state: String  payment: Payment  risk: String @requires(fields: "cost")
        postage: String @requires(fields: "weight") }
      type Payment @key(fields: "id") { id: ID! }`,
    resolvers: {
      Order: {
        __resolveReference: (reference: object) => reference,
        state: ({ id }: { id: string }) => `state of ${id}`,
        payment: ({ id }: { id: string }) => ({ id: `pay-${id}` }),
        risk: ({ cost }: { cost: string }) => `RISK-${cost}`,
        postage: ({ weight }: { weight: string }) => `for ${weight}`,
      },
      Payment: { __resolveReference: (reference: object) => reference },
    },
  },
  cards: {
    sdl: `type Payment @key(fields: "id") { id: ID!  card: String }
      type Order @key(fields: "id") { id: ID!  payment: Payment @external  bill: String @requires(fields: "payment { id }") }`,
    resolvers: {
      Payment: {
        __resolveReference: (reference: object) => reference,
        card: ({ id }: { id: string }) => `card of ${id}`,
      },
      Order: {
        __resolveReference: (reference: object) => reference,
        bill: ({ payment }: { payment: { id: string } }) => `bill of ${payment.id}`,
      },
    },
  },
};

const isOwner = rule('isOwner', { cache: 'strict', fragment: '{ owner }' })(
  ({ owner }: { owner: string }, _args: unknown, { identity }: RuleContext) =>
    identity.subject === owner,
);
const anna = caller('anna');

/** What a subgraph was told, by field it was asked for: the ids of the objects. */
function idsAsked({ graph }: RuledGraph, subgraph: string): Record<string, string[]> {
  const ids: Record<string, string[]> = {};
  for (const { body } of graph.requests.filter((each) => each.subgraph === subgraph)) {
    const { query, variables } = JSON.parse(body) as {
      query: string;
      variables: Record<string, { id: string }[]>;
    };
    for (const [, list = '', fields = ''] of query.matchAll(
      /representations:\$(\w+)\)\{\.\.\.on \w+\{(?:__typename )?([^}]*)\}/g,
    )) {
      ids[fields] = [...(ids[fields] ?? []), ...(variables[list] ?? []).map(({ id }) => id)];
    }
  }
  return ids;
}

describe('an object that may not show a field', () => {
  test('is asked for the others of the same subgraph alone, in one request', async () => {
    const graph = createRuledGraph(shop, { permissions: shield({ Order: { payment: isOwner } }) });
    const answer = await graph.ask('{ orders { state payment { id } } }', anna);
    expect(answer.data).toEqual({
      orders: [
        { state: 'state of o1', payment: { id: 'pay-o1' } },
        { state: 'state of o2', payment: null },
        { state: 'state of o3', payment: { id: 'pay-o3' } },
      ],
    });
    expect(idsAsked(graph, 'money')).toEqual({
      state: ['o1', 'o2', 'o3'],
      'payment{id': ['o1', 'o3'],
    });
    expect(graph.graph.requests.map(({ subgraph }) => subgraph)).toEqual(['orders', 'money']);
  });

  test('is not told what only that field requires', async () => {
    const graph = createRuledGraph(shop, { permissions: shield({ Order: { risk: isOwner } }) });
    const answer = await graph.ask('{ orders { state risk } }', anna);
    expect(answer.data?.['orders']).toMatchObject([
      { risk: 'RISK-COST-o1' },
      { state: 'state of o2', risk: null },
      { risk: 'RISK-COST-o3' },
    ]);
    const told = graph.graph.requests.map(({ body }) => body).join();
    expect(told).toContain('COST-o1');
    expect(told).not.toContain('COST-o2');
  });

  test('is not named to the subgraphs that only know what that field requires', async () => {
    const graph = createRuledGraph(shop, { permissions: shield({ Order: { postage: isOwner } }) });
    await graph.ask('{ orders { state postage } }', anna);
    expect(idsAsked(graph, 'weights')).toEqual({ weight: ['o1', 'o3'] });
    expect(idsAsked(graph, 'money')).toEqual({
      state: ['o1', 'o2', 'o3'],
      postage: ['o1', 'o3'],
    });
  });

  test('tells others what they require of it, and nobody more', async () => {
    const graph = createRuledGraph(shop, { permissions: shield({ Order: { payment: isOwner } }) });
    const answer = await graph.ask('{ orders { bill payment { card } } }', anna);
    expect(answer.data?.['orders']).toEqual([
      { bill: 'bill of pay-o1', payment: { card: 'card of pay-o1' } },
      { bill: 'bill of pay-o2', payment: null },
      { bill: 'bill of pay-o3', payment: { card: 'card of pay-o3' } },
    ]);
    expect(idsAsked(graph, 'cards')['card']).toEqual(['pay-o1', 'pay-o3']);
  });

  test('shares one fetch among the fields that one rule guards', async () => {
    const graph = createRuledGraph(shop, {
      permissions: shield({ Order: { payment: isOwner, state: isOwner } }),
    });
    await graph.ask('{ orders { state payment { id } } }', anna);
    expect(idsAsked(graph, 'money')).toEqual({ 'state payment{id': ['o1', 'o3'] });
  });
});
