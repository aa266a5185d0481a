import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { seedId } from '@trellis/kit/seed-id';
import { seededPerson } from '@trellis/kit/seeded-people';
import { expectConstantStatements } from '@trellis/kit/statement-slope';
import { startTestSubgraph, testUser, type TestSubgraph } from '@trellis/kit/testing';
import { accounts } from './subgraph.ts';
import type { Tables } from './tables.ts';

const admin = testUser(seedId('user', 0), 'ADMIN');
const buyer = testUser(seedId('user', 7), 'CUSTOMER');

let subgraph: TestSubgraph<Tables>;
beforeAll(async () => {
  subgraph = await startTestSubgraph(accounts);
});
afterAll(() => subgraph.stop());

test('asks the database as often for 50 rows as for one', async () => {
  const slopes = await expectConstantStatements(accounts);
  expect(slopes.map(({ operation }) => operation)).toEqual([
    'User by { id }',
    'User by { username }',
    'Address by { id }',
    'Query.users',
  ]);
}, 60_000);

describe('Query', () => {
  test('answers the caller with their own account', async () => {
    const { data, errors } = await subgraph.ask({
      query: '{ me { id username name fullName } }',
      identity: buyer,
    });
    expect(errors).toBeUndefined();
    const { name, username } = seededPerson(7);
    expect(data).toEqual({ me: { id: seedId('user', 7), username, name, fullName: name } });
  });

  test('answers an anonymous caller with nobody', async () => {
    expect((await subgraph.ask('{ me { id } }')).data).toEqual({ me: null });
  });

  test('finds a user by id and by username, and nobody for what does not exist', async () => {
    const { username } = seededPerson(3);
    const { data } = await subgraph.ask({
      query: `query ($id: ID!, $username: String!) {
        byId: user(id: $id) { username }
        byUsername: userByUsername(username: $username) { id }
        nobody: user(id: "usr_nobody") { id }
      }`,
      variables: { id: seedId('user', 3), username },
    });
    expect(data).toEqual({
      byId: { username },
      byUsername: { id: seedId('user', 3) },
      nobody: null,
    });
  });

  test('walks through all users, each once, in the order of registration', async () => {
    const seen: { id: string; registeredAt: string }[] = [];
    let after: string | null = null;
    do {
      const { data } = await subgraph.ask({
        query: `query ($after: String) {
          users(first: 100, after: $after) {
            nodes { id registeredAt }
            totalCount
            pageInfo { hasNextPage endCursor }
          }
        }`,
        variables: { after },
        identity: admin,
      });
      expect(data.users.totalCount).toBe(1_000);
      seen.push(...data.users.nodes);
      after = data.users.pageInfo.hasNextPage ? data.users.pageInfo.endCursor : null;
    } while (after !== null);
    expect(new Set(seen.map(({ id }) => id)).size).toBe(1_000);
    const moments = seen.map(({ registeredAt }) => registeredAt);
    expect(moments).toEqual(moments.toSorted());
  });

  test('lists the users of a role', async () => {
    const { data } = await subgraph.ask({
      query: '{ users(role: SUPPORT) { nodes { role } totalCount } }',
      identity: admin,
    });
    expect(data.users).toEqual({
      nodes: [{ role: 'SUPPORT' }, { role: 'SUPPORT' }],
      totalCount: 2,
    });
  });
});

test('never shows one caller what another one loaded', async () => {
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, index) =>
      subgraph.ask({
        query: '{ me { id defaultAddress { owner { id } } } }',
        identity: testUser(seedId('user', index % 3), 'CUSTOMER'),
      }),
    ),
  );
  answers.forEach(({ data, errors }, index) => {
    const id = seedId('user', index % 3);
    expect(errors).toBeUndefined();
    expect(data.me.id).toBe(id);
    expect(data.me.defaultAddress?.owner.id ?? id).toBe(id);
  });
});

describe('_entities', () => {
  const query = `query ($representations: [_Any!]!) {
    _entities(representations: $representations) { ... on User { name } ... on Address { owner { id } } }
  }`;

  test('finds users by each of their keys, in the order asked, null for the missing', async () => {
    const { data, errors } = await subgraph.ask({
      query,
      variables: {
        representations: [
          { __typename: 'User', username: seededPerson(9).username },
          { __typename: 'User', id: 'usr_nobody' },
          { __typename: 'User', id: seedId('user', 8) },
        ],
      },
    });
    expect(errors).toBeUndefined();
    expect(data._entities).toEqual([
      { name: seededPerson(9).name },
      null,
      { name: seededPerson(8).name },
    ]);
  });

  test('refuses a representation without a key by itself', async () => {
    const { data, errors } = await subgraph.ask({
      query,
      variables: {
        representations: [{ __typename: 'User' }, { __typename: 'User', id: seedId('user', 8) }],
      },
    });
    expect(data._entities).toEqual([null, { name: seededPerson(8).name }]);
    expect(errors).toHaveLength(1);
    expect(errors?.[0]?.path).toEqual(['_entities', 0]);
  });
});

describe('the rules of the service', () => {
  test('show private fields to their owner and to staff only', async () => {
    const ask = (identity = buyer) =>
      subgraph.ask({
        query: `{ a: user(id: "${seedId('user', 7)}") { email } b: user(id: "${seedId('user', 8)}") { name addresses { totalCount } } }`,
        identity,
      });
    const { data, errors } = await ask();
    expect(data.a.email).toBe(`${seededPerson(7).username}@example.com`);
    expect(data.b).toEqual({ name: seededPerson(8).name, addresses: null });
    expect(errors?.map(({ path, extensions }) => [path, extensions?.['code']])).toEqual([
      [['b', 'addresses'], 'FORBIDDEN'],
    ]);
    expect((await ask(admin)).errors).toBeUndefined();
  });

  test('keep the list of users to staff', async () => {
    const query = '{ users { totalCount } }';
    const anonymousAnswer = await subgraph.ask(query);
    expect(anonymousAnswer.errors?.[0]?.extensions?.['code']).toBe('UNAUTHENTICATED');
    const buyersAnswer = await subgraph.ask({ query, identity: buyer });
    expect(buyersAnswer.errors?.[0]?.extensions?.['code']).toBe('FORBIDDEN');
  });
});
