import { describe, expect, test } from '@jest/globals';
import type { LocalSubgraph } from '../execution/testing/local-graph.ts';
import type { RuleContext } from './rule-context.ts';
import { not, or, rule, shield } from './shield.ts';
import { caller, createRuledGraph } from './testing/ruled-graph.ts';

/** One house in many places, told differently at some of them; its price stands in another subgraph. */
const village: Readonly<Record<string, LocalSubgraph>> = {
  maps: {
    sdl: `type Query { houses: [House!]! }
      type House @key(fields: "id") { id: ID! zone: String owner: Owner keepers: [Owner!] street: Street }
      type Owner { id: ID team: Team }  type Team { id: ID }
      type Street @key(fields: "id") { id: ID! }`,
    resolvers: {
      Query: {
        houses: () => [
          { id: '1', zone: 'north', owner: { id: 'anna', team: { id: 't' } }, street: { id: 's' } },
          {
            id: '1',
            zone: 'south',
            owner: { id: 'anna', team: { id: null } },
            street: { id: 's' },
          },
          { id: '1', zone: 'north', owner: { id: 'anna', team: null }, street: { id: 's' } },
          { id: '1', zone: 'north', owner: null, street: { id: 's' } },
          { id: '2', zone: 'north', owner: { id: null, team: null }, street: { id: 's' } },
        ],
      },
    },
  },
  prices: {
    sdl: `type House @key(fields: "id") { id: ID! price: Int rooms: [Room!] }
      type Room { name: String size: Int }
      type Street @key(fields: "id") { id: ID! name: String }`,
    resolvers: {
      House: {
        __resolveReference: ({ id }: { id: string }) => ({
          price: 10 * Number(id),
          rooms: [{ name: `room ${id}`, size: 7 }],
        }),
      },
      Street: { __resolveReference: ({ id }: { id: string }) => ({ id, name: `street ${id}` }) },
    },
  },
};

interface House {
  readonly id: string;
  readonly zone: string;
  readonly owner: {
    readonly id: string | null;
    readonly team: { id: string | null } | null;
  } | null;
}

const anna = caller('anna');

describe('objects of which a rule reads the same', () => {
  test('are decided once, by a strict rule', async () => {
    const asked: string[] = [];
    const inNorth = rule('inNorth', { cache: 'strict', fragment: '{ zone }' })(
      ({ zone }: House) => asked.push(zone) > 0 && zone === 'north',
    );
    const graph = createRuledGraph(village, {
      permissions: shield({ House: { price: inNorth, rooms: inNorth } }),
    });
    const answer = await graph.ask('{ houses { price rooms { size } again: price } }', anna);
    expect(asked).toEqual(['north', 'south']);
    expect(answer.errors?.map(({ path }) => path)).toEqual([
      ['houses', 1, 'price'],
      ['houses', 1, 'rooms'],
      ['houses', 1, 'again'],
    ]);
  });

  test('are decided one by one, by a rule that keeps nothing', async () => {
    let asked = 0;
    const always = rule('always', { fragment: '{ zone }' })(() => (asked += 1) > 0);
    const graph = createRuledGraph(village, { permissions: shield({ House: { price: always } }) });
    await graph.ask('{ houses { price } }', anna);
    expect(asked).toBe(5);
  });

  test('are written once, and others of the same entity by themselves', async () => {
    const inNorth = rule('inNorth', { cache: 'strict', fragment: '{ zone }' })(
      async ({ zone }: House) => zone === 'north',
    );
    const graph = createRuledGraph(village, {
      permissions: shield({ House: { price: inNorth }, Room: { size: not(inNorthRoom) } }),
    });
    const answer = await graph.ask('{ houses { id price rooms { name size } } }', anna);
    const rooms = (id: string): object[] => [{ name: `room ${id}`, size: id === '1' ? 7 : null }];
    expect(answer.data?.['houses']).toEqual([
      { id: '1', price: 10, rooms: rooms('1') },
      { id: '1', price: null, rooms: rooms('1') },
      { id: '1', price: 10, rooms: rooms('1') },
      { id: '1', price: 10, rooms: rooms('1') },
      { id: '2', price: 20, rooms: rooms('2') },
    ]);
    expect(answer.errors?.map(({ path }) => path)).toEqual([
      ['houses', 1, 'price'],
      ['houses', 4, 'rooms', 0, 'size'],
    ]);
  });

  test('are told from those where something on the way is null', async () => {
    const seen: unknown[] = [];
    const reads = rule('reads', { cache: 'strict', fragment: '{ owner { team { id } } }' })(
      ({ owner }: House) => seen.push(JSON.stringify(owner)) > 0,
    );
    const graph = createRuledGraph(village, { permissions: shield({ House: { price: reads } }) });
    await graph.ask('{ houses { price } }', anna);
    expect(seen).toEqual(['{"team":{"id":"t"}}', '{"team":{"id":null}}', '{"team":null}', 'null']);
  });

  test('are told apart by each of several things it reads', async () => {
    const seen: unknown[] = [];
    const reads = rule('reads', { cache: 'strict', fragment: '{ id zone owner { id } }' })(
      ({ id, zone, owner }: House) => seen.push(`${id} ${zone} ${owner?.id}`) > 0,
    );
    const graph = createRuledGraph(village, { permissions: shield({ House: { price: reads } }) });
    await graph.ask('{ houses { price } }', anna);
    expect(seen).toEqual(['1 north anna', '1 south anna', '1 north undefined', '2 north null']);
  });
});

const inNorthRoom = rule('inNorthRoom', { cache: 'strict', fragment: '{ name }' })(
  ({ name }: { name: string }) => name === 'room 2',
);

describe('a rule with a key of its own', () => {
  test('makes it from what its fragment reads', async () => {
    const byZone = rule('byZone', {
      cache: ({ zone }: House) => zone,
      fragment: '{ zone }',
    })(({ zone }: House) => zone === 'north');
    const graph = createRuledGraph(village, { permissions: shield({ House: { price: byZone } }) });
    const answer = await graph.ask('{ houses { price } }', anna);
    expect(answer.errors?.map(({ path }) => path)).toEqual([['houses', 1, 'price']]);
  });

  test('denies when it reads something else', async () => {
    const careless = rule('careless', {
      cache: ({ id }: House) => id,
      fragment: '{ zone }',
    })(() => true);
    const graph = createRuledGraph(village, {
      permissions: shield({ House: { price: careless } }),
    });
    expect((await graph.ask('{ houses { price } }', anna)).errors).toHaveLength(5);
  });
});

describe('what a rule throws', () => {
  const fails = rule('fails', { cache: 'strict', fragment: '{ zone }' })(() => {
    throw new Error('no zones today');
  });
  const isAnna = rule('isAnna', { cache: 'contextual' })(
    (_p: unknown, _a: unknown, { identity }: RuleContext) => identity.subject === 'anna',
  );

  test('is a no, of which others make what they do', async () => {
    const graph = createRuledGraph(village, {
      permissions: shield({ House: { price: not(fails), zone: or(fails, isAnna) } }),
    });
    const answer = await graph.ask('{ houses { price zone } }', anna);
    expect(answer.errors).toBeUndefined();
  });

  test('ends everything where it is shown, as in graphql-shield', async () => {
    const graph = createRuledGraph(village, {
      permissions: shield(
        { House: { price: not(fails), zone: or(fails, isAnna) } },
        { debug: true },
      ),
    });
    const answer = await graph.ask('{ houses { price } }', anna);
    expect(new Set(answer.errors?.map(({ message }) => message))).toEqual(
      new Set(['no zones today']),
    );
    expect(answer.errors).toHaveLength(5);
  });
});
