import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { seedId } from '@trellis/kit/seed-id';
import { seededPerson } from '@trellis/kit/seeded-people';
import { expectConstantStatements } from '@trellis/kit/statement-slope';
import { startTestSubgraph, testUser, type TestSubgraph } from '@trellis/kit/testing';
import { accounts } from './subgraph.ts';
import type { Tables } from './tables.ts';

let subgraph: TestSubgraph<Tables>;
beforeAll(async () => {
  subgraph = await startTestSubgraph(accounts);
});
afterAll(() => subgraph.stop());

describe('Query', () => {
  test('answers the caller with their own account', async () => {
    const identity = testUser(seedId('user', 7));
    const { data, errors } = await subgraph.ask({ query: '{ me { id username name fullName } }', identity });
    expect(errors).toBeUndefined();
    const { name, username } = seededPerson(7);
    expect(data).toEqual({ me: { id: seedId('user', 7), username, name, fullName: name } });
  });
});

test('asks the database as often for 50 rows as for one', async () => {
  const slopes = await expectConstantStatements(accounts);
  expect(slopes.map(({ operation }) => operation)).toEqual([
    'User by { id }',
    'User by { username }',
    'Address by { id }',
    'Query.users',
  ]);
  console.log(JSON.stringify(slopes.map((s) => [s.operation, [...s.statements]])));
}, 60_000);
