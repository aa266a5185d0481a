import { describe, expect, test } from '@jest/globals';
import { createLocalGraph, type LocalGraph } from './testing/local-graph.ts';

type Ref = Record<string, never> & { id: string };

describe('@context', () => {
  const teams = [
    { id: 't1', currency: 'EUR', members: [{ id: 'm1' }, { id: 'm2' }] },
    { id: 't2', currency: 'USD', members: [{ id: 'm1' }] },
  ];
  const salaries = {
    sdl: `type Query { teams: [Team!]! } type Team @key(fields: "id") @context(name: "team") {
        id: ID! currency: String! members: [Member!]! }
      type Member @key(fields: "id") { id: ID! salary(in: String @fromContext(field: "$team { currency }")): String }`,
    resolvers: {
      Query: { teams: () => teams },
      Member: {
        __resolveReference: (member: Ref) => member,
        salary: ({ id }: Ref, args: { in: string }) => `${id} in ${args.in}`,
      },
    },
  };
  const graphOf = (): LocalGraph =>
    createLocalGraph({
      a: salaries,
      b: { sdl: 'type Member @key(fields: "id") { id: ID! name: String }' },
    });

  test('fills arguments from the objects around, each entity from its own', async () => {
    const graph = graphOf();
    const answer = await graph.run('{ teams { members { salary } } }');
    expect(answer).toEqual({
      data: {
        teams: [
          { members: [{ salary: 'm1 in EUR' }, { salary: 'm2 in EUR' }] },
          { members: [{ salary: 'm1 in USD' }] },
        ],
      },
    });
  });

  test('are written anew for each place, though other fields of the entity are the same there', async () => {
    const graph = createLocalGraph({
      a: salaries,
      b: {
        sdl: 'type Member @key(fields: "id") { id: ID! name: String }',
        resolvers: {
          Member: { __resolveReference: ({ id }: Ref) => ({ id, name: `name ${id}` }) },
        },
      },
    });
    const member = (id: string, currency: string): object => ({
      name: `name ${id}`,
      salary: `${id} in ${currency}`,
    });
    expect(await graph.run('{ teams { members { name salary } } }')).toEqual({
      data: {
        teams: [
          { members: [member('m1', 'EUR'), member('m2', 'EUR')] },
          { members: [member('m1', 'USD')] },
        ],
      },
    });
  });

  test('answers an object that stands in two contexts in each of them, and tells errors there', async () => {
    const graph = createLocalGraph({
      a: {
        sdl: `type Query { teams: [Team!]! } type Team @key(fields: "id") @context(name: "team") {
            id: ID! currency: String! club: Club }
          type Club @key(fields: "id") { id: ID! }
          type Member @key(fields: "id") { id: ID! salary(in: String @fromContext(field: "$team { currency }")): String }`,
        resolvers: {
          Query: {
            teams: () =>
              ['x', 'x', 'y', 'x'].map((club, at) => ({ ...teams[at % 2], club: { id: club } })),
          },
          Member: {
            __resolveReference: (member: Ref) => member,
            salary: ({ id }: Ref, args: { in: string }) => `${id} in ${args.in}`,
          },
        },
      },
      b: {
        sdl: `type Club @key(fields: "id") { id: ID! best: Member others: [[Member]] bad: String }
          type Member @key(fields: "id") { id: ID! name: String }`,
        resolvers: {
          Club: {
            __resolveReference: ({ id }: Ref) => ({
              id,
              best: { id, name: `name ${id}` },
              others: [[{ id: 'o' }, null]],
            }),
            bad: ({ id }: Ref) => {
              if (id === 'x') throw new Error('boom');
              return id;
            },
          },
          Member: { __resolveReference: ({ id }: Ref) => ({ id, name: `name ${id}` }) },
        },
      },
    });
    const { data, errors } = await graph.run(
      '{ teams { club { bad best { salary name } others { salary } } } }',
    );
    const club = (id: string, currency: string): object => ({
      club: {
        bad: id === 'x' ? null : id,
        best: { salary: `${id} in ${currency}`, name: `name ${id}` },
        others: [[{ salary: `o in ${currency}` }, null]],
      },
    });
    expect(data).toEqual({
      teams: [club('x', 'EUR'), club('x', 'USD'), club('y', 'EUR'), club('x', 'USD')],
    });
    expect(errors?.map(({ path }) => path)).toEqual([
      ['teams', 0, 'club', 'bad'],
      ['teams', 1, 'club', 'bad'],
      ['teams', 3, 'club', 'bad'],
    ]);
    // Each entity is asked for once, and once for each context.
    const [, clubs, ...members] = graph.requests.map(({ body }) => body);
    expect(clubs?.match(/"id":"x"/g)).toHaveLength(1);
    expect(members.filter((body) => body.includes('contextualArgument'))).toHaveLength(2);
  });

  test('tells where an argument from a context is nested too deep, and answers the rest', async () => {
    const graph = createLocalGraph({
      a: {
        sdl: `scalar Any type Query { teams: [Team!]! } type Team @key(fields: "id") @context(name: "team") {
            id: ID! rules: Any members: [Member!]! }
          type Member @key(fields: "id") { id: ID! salary(in: Any @fromContext(field: "$team { rules }")): String }`,
        resolvers: {
          Query: {
            teams: () =>
              teams.map((team) => ({ ...team, rules: nested(team.id === 't1' ? 1_200 : 2) })),
          },
          Member: { __resolveReference: (member: Ref) => member, salary: ({ id }: Ref) => id },
        },
      },
      b: { sdl: 'type Member @key(fields: "id") { id: ID! name: String }' },
    });
    const { data, errors } = await graph.run('{ teams { members { salary } } }');
    expect(data).toEqual({
      teams: [{ members: [{ salary: null }, { salary: null }] }, { members: [{ salary: 'm1' }] }],
    });
    expect(errors?.map(({ path }) => path)).toEqual([
      ['teams', 0, 'members', 0],
      ['teams', 0, 'members', 1],
    ]);
  });
});

/** A list in a list in a list. */
function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level += 1) value = [value];
  return value;
}
