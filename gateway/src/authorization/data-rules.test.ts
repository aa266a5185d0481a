import { beforeEach, describe, expect, test } from '@jest/globals';
import DataLoader from 'dataloader';
import type { LocalSubgraph } from '../execution/testing/local-graph.ts';
import type { RuleContext } from './rule-context.ts';
import { and, or, rule, shield } from './shield.ts';
import { caller, createRuledGraph } from './testing/ruled-graph.ts';

interface Row {
  readonly id: string;
  readonly ownerId: string;
}

const orders: readonly Row[] = [
  { id: 'o1', ownerId: 'anna' },
  { id: 'o2', ownerId: 'bert' },
  { id: 'o3', ownerId: 'anna' },
];

const byId = (id: string): object => ({ ...orders.find((each) => each.id === id) });

/** Orders know their owners; payments and regions live elsewhere; cards elsewhere again. */
const shop: Readonly<Record<string, LocalSubgraph>> = {
  orders: {
    sdl: `type Query { orders: [Order!]!  order(id: ID!): Order  node(id: ID!): Node  latest: [Node] }
      interface Node { id: ID! secret: String }
      type Order implements Node @key(fields: "id") { id: ID!  owner: User!  note: String  secret: String  total: Int! parts: [Part!] }
      type Note implements Node { id: ID!  secret: String }
      type Part { name: String  price: Int }
      type User @key(fields: "id") { id: ID! }`,
    resolvers: {
      Query: {
        orders: () => orders.map(({ id }) => byId(id)),
        order: (_: unknown, { id }: { id: string }) => byId(id),
        node: (_: unknown, { id }: { id: string }) => ({ __typename: 'Order', ...byId(id) }),
        latest: () => [
          { __typename: 'Order', ...byId('o1') },
          { __typename: 'Note', id: 'n', secret: 'open' },
          { __typename: 'Order', ...byId('o2') },
        ],
      },
      Node: { __resolveType: ({ __typename }: { __typename: string }) => __typename },
      Order: {
        __resolveReference: ({ id }: { id: string }) => byId(id),
        owner: ({ ownerId }: Row) => ({ id: ownerId }),
        note: ({ id }: Row) => `CANARY-note-${id}`,
        secret: ({ id }: Row) => `CANARY-secret-${id}`,
        total: () => 5,
        parts: ({ id }: Row) => [{ name: `part ${id}`, price: 3 }],
      },
    },
  },
  regions: {
    sdl: `type User @key(fields: "id") { id: ID!  region: String }`,
    resolvers: {
      User: {
        __resolveReference: ({ id }: { id: string }) => ({
          id,
          region: id === 'anna' ? 'north' : 'south',
        }),
      },
    },
  },
  payments: {
    sdl: `type Order @key(fields: "id") { id: ID!  payment: Payment }
      type Payment @key(fields: "id") { id: ID!  amount: Int }`,
    resolvers: {
      Order: {
        __resolveReference: (reference: object) => reference,
        payment: ({ id }: { id: string }) => ({ id: `CANARY-pay-${id}`, amount: 7 }),
      },
      Payment: { __resolveReference: (reference: object) => reference },
    },
  },
  cards: {
    sdl: `type Payment @key(fields: "id") { id: ID!  card: String }`,
    resolvers: {
      Payment: {
        __resolveReference: (reference: object) => reference,
        card: ({ id }: { id: string }) => `CANARY-card of ${id}`,
      },
    },
  },
};

interface Owned {
  readonly owner: { readonly id: string; readonly region?: string };
}

const isOwner = rule('isOwner', { cache: 'strict', fragment: '{ owner { id } }' })(
  ({ owner }: Owned, _a: unknown, { identity }: RuleContext) => identity.subject === owner.id,
);
const isNeighbour = rule('isNeighbour', {
  cache: 'strict',
  fragment: 'fragment F on Order { owner { region } }',
})(
  ({ owner }: Owned, _a: unknown, { identity }: RuleContext) =>
    identity.attributes['region'] === owner.region,
);
const isSupport = rule('isSupport', { cache: 'contextual' })(
  (_p: unknown, _a: unknown, { identity }: RuleContext) => identity.roles.includes('SUPPORT'),
);

const anna = caller('anna', { attributes: { region: 'north' } });

describe('a rule that reads its parent', () => {
  const permissions = shield({ Order: { note: isOwner, total: isOwner, parts: isOwner } });

  test('judges each object of a list by itself', async () => {
    const graph = createRuledGraph(shop, { permissions });
    const answer = await graph.ask('{ orders { id note } }', anna);
    expect(answer).toEqual({
      data: {
        orders: [
          { id: 'o1', note: 'CANARY-note-o1' },
          { id: 'o2', note: null },
          { id: 'o3', note: 'CANARY-note-o3' },
        ],
      },
      errors: [
        {
          message: 'Not Authorised!',
          path: ['orders', 1, 'note'],
          extensions: { code: 'FORBIDDEN' },
        },
      ],
    });
  });

  test('nulls the object whose field must not be null', async () => {
    const graph = createRuledGraph(shop, { permissions });
    const answer = await graph.ask(
      '{ a: order(id: "o2") { id total } b: order(id: "o1") { total } }',
      anna,
    );
    expect(answer.data).toEqual({ a: null, b: { total: 5 } });
    expect(answer.errors?.map(({ path }) => path)).toEqual([['a', 'total']]);
  });

  test('cannot be told another owner by an alias', async () => {
    const graph = createRuledGraph(shop, { permissions });
    const answer = await graph.ask(
      '{ a: order(id: "o2") { owner: id id: note note: id x: note } order(id: "o2") { note } }',
      anna,
    );
    expect(answer.data).toEqual({
      a: { owner: 'o2', id: null, note: 'o2', x: null },
      order: { note: null },
    });
  });

  test('is asked with the arguments, fragments and conditions of the request', async () => {
    const graph = createRuledGraph(shop, { permissions });
    const answer = await graph.ask(
      `query ($no: Boolean!) { orders { ...F note @include(if: $no) } } fragment F on Order { ... @skip(if: $no) { n: note parts { name } } }`,
      anna,
      { no: false },
    );
    expect(answer.data).toEqual({
      orders: [
        { n: 'CANARY-note-o1', parts: [{ name: 'part o1' }] },
        { n: null, parts: null },
        { n: 'CANARY-note-o3', parts: [{ name: 'part o3' }] },
      ],
    });
    expect(answer.errors?.map(({ path }) => path)).toEqual([
      ['orders', 1, 'n'],
      ['orders', 1, 'parts'],
    ]);
  });

  test('is not shown what it did not ask for', async () => {
    const careless = rule('careless', { cache: 'strict', fragment: '{ id }' })(
      (parent: { note?: string }) => parent.note === undefined,
    );
    const graph = createRuledGraph(shop, { permissions: shield({ Order: { note: careless } }) });
    expect((await graph.ask('{ orders { note } }', anna)).data).toEqual({
      orders: [{ note: null }, { note: null }, { note: null }],
    });
  });

  test('holds through an interface for the types it names', async () => {
    const graph = createRuledGraph(shop, { permissions: shield({ Order: { secret: isOwner } }) });
    const answer = await graph.ask('{ latest { secret } node(id: "o2") { id secret } }', anna);
    expect(answer.data).toEqual({
      latest: [{ secret: 'CANARY-secret-o1' }, { secret: 'open' }, { secret: null }],
      node: { id: 'o2', secret: null },
    });
  });
});

describe('errors of subgraphs', () => {
  test("about a denied field are not the caller's to read", async () => {
    const graph = createRuledGraph(shop, { permissions: shield({ Order: { note: isOwner } }) });
    graph.graph.intercept = async (_request, next) => {
      const response = await next();
      const message = 'CANARY-reason';
      const errors = [0, 1, 2].map((at) => ({
        message,
        path: ['orders', at, 'note'],
        extensions: undefined,
      }));
      return { ...response, errors };
    };
    const answer = await graph.ask('{ orders { note } }', caller('nobody'));
    expect(answer.errors).toHaveLength(3);
    expect(JSON.stringify(answer)).not.toContain('CANARY');
  });
});

describe('between the waves of a plan', () => {
  test('a rule reads what another subgraph knows', async () => {
    const graph = createRuledGraph(shop, { permissions: shield({ Order: { note: isNeighbour } }) });
    const answer = await graph.ask('{ orders { note } }', anna);
    expect(answer.data).toEqual({
      orders: [{ note: 'CANARY-note-o1' }, { note: null }, { note: 'CANARY-note-o3' }],
    });
  });

  test('a denied object is not named to the next subgraph', async () => {
    const graph = createRuledGraph(shop, { permissions: shield({ Order: { payment: isOwner } }) });
    const answer = await graph.ask('{ orders { id payment { amount card } } }', anna);
    expect(answer.data?.['orders']).toEqual([
      { id: 'o1', payment: { amount: 7, card: 'CANARY-card of CANARY-pay-o1' } },
      { id: 'o2', payment: null },
      { id: 'o3', payment: { amount: 7, card: 'CANARY-card of CANARY-pay-o3' } },
    ]);
    const sent = graph.graph.requests.filter(({ subgraph }) => subgraph !== 'orders');
    expect(sent.map(({ subgraph }) => subgraph)).toEqual(['payments', 'cards']);
    expect(JSON.stringify(sent)).toContain('o1');
    expect(JSON.stringify(sent)).not.toContain('o2');
  });

  test('a subgraph waits for what the rule reads elsewhere', async () => {
    const graph = createRuledGraph(shop, {
      permissions: shield({ Order: { payment: or(isOwner, isNeighbour) } }),
    });
    const answer = await graph.ask(
      '{ orders { id payment { card } } }',
      caller('nobody', { attributes: { region: 'south' } }),
    );
    expect(answer.data?.['orders']).toEqual([
      { id: 'o1', payment: null },
      { id: 'o2', payment: { card: 'CANARY-card of CANARY-pay-o2' } },
      { id: 'o3', payment: null },
    ]);
    const asked = graph.graph.requests.map(({ subgraph }) => subgraph);
    expect(asked).toEqual(['orders', 'regions', 'payments', 'cards']);
    const paid = graph.graph.requests.filter(({ subgraph }) => /payments|cards/.test(subgraph));
    expect(JSON.stringify(paid)).not.toMatch(/o1|o3/);
  });

  test('a rule reads what its caller may not', async () => {
    const graph = createRuledGraph(shop, {
      permissions: shield({ Order: { note: isNeighbour, owner: isOwner } }),
    });
    const neighbour = caller('eve', { attributes: { region: 'south' } });
    const answer = await graph.ask('{ orders { owner { region } note } }', neighbour);
    // An order has an owner, or is none: the whole list goes, and nothing else is there.
    expect(answer.data).toBeNull();
    const alone = await graph.ask('{ orders { id note } }', neighbour);
    expect(alone.data).toEqual({
      orders: [
        { id: 'o1', note: null },
        { id: 'o2', note: 'CANARY-note-o2' },
        { id: 'o3', note: null },
      ],
    });
  });

  test('nothing inside a denied field is judged or fetched', async () => {
    const judged: unknown[] = [];
    const watched = rule('watched', { cache: 'strict', fragment: '{ id }' })(({
      id,
    }: {
      id: string;
    }) => {
      judged.push(id);
      return true;
    });
    const graph = createRuledGraph(shop, {
      permissions: shield({ Order: { payment: isOwner }, Payment: { card: watched } }),
    });
    const answer = await graph.ask('{ orders { payment { card } } }', anna);
    expect((judged as string[]).toSorted()).toEqual(['CANARY-pay-o1', 'CANARY-pay-o3']);
    expect(answer.errors?.map(({ path }) => path)).toEqual([['orders', 1, 'payment']]);
  });

  test('what is decided early is not judged again, and needs no inputs', async () => {
    const graph = createRuledGraph(shop, {
      permissions: shield({ Order: { note: or(isSupport, isNeighbour) } }),
    });
    const support = caller('eve', { roles: ['SUPPORT'] });
    const answer = await graph.ask('{ orders { note } }', support);
    expect(answer.errors).toBeUndefined();
    expect(graph.graph.requests.map(({ subgraph }) => subgraph)).toEqual(['orders']);
    const both = createRuledGraph(shop, {
      permissions: shield({ Order: { note: and(isSupport, isNeighbour) } }),
    });
    await both.ask('{ orders { note } }', anna);
    expect(both.traffic()).not.toContain('note');
  });
});

describe('callers', () => {
  let batches: string[][] = [];

  beforeEach(() => {
    batches = [];
  });

  test('never share an answer that rules judged', async () => {
    const graph = createRuledGraph(shop, { permissions: shield({ Order: { note: isOwner } }) });
    const callers = Array.from(
      { length: 400 },
      (_each, at) => ['anna', 'bert', 'carl'][at % 3] ?? '',
    );
    const answers = await Promise.all(
      callers.map((name) => graph.ask('{ orders { note } }', caller(name))),
    );
    answers.forEach((answer, at) => {
      const notes = (answer.data as { orders: { note: string | null }[] }).orders.map(
        ({ note }) => note,
      );
      expect(notes).toEqual(
        orders.map(({ id, ownerId }) => (ownerId === callers[at] ? `CANARY-note-${id}` : null)),
      );
    });
  });

  test('have loaders of their own that batch over a wave', async () => {
    interface Loading {
      readonly grants: DataLoader<string, boolean>;
    }
    const granted = rule('granted', { cache: 'strict', fragment: '{ id }' })(
      ({ id }: { id: string }, _a: unknown, { grants }: Loading) => grants.load(id),
    );
    const graph = createRuledGraph(shop, {
      permissions: shield({ Order: { note: granted } }),
      context: (): Loading => ({
        grants: new DataLoader(async (ids: readonly string[]) => {
          batches.push([...ids]);
          return ids.map((id) => id === 'o2');
        }),
      }),
    });
    const answer = await graph.ask('{ orders { note } }', anna);
    expect(answer.data?.['orders']).toEqual([
      { note: null },
      { note: 'CANARY-note-o2' },
      { note: null },
    ]);
    expect(batches).toEqual([['o1', 'o2', 'o3']]);
  });
});
