import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { seedId } from '@trellis/kit/seed-id';
import { seededPerson } from '@trellis/kit/seeded-people';
import { startTestSubgraph, testUser, type TestSubgraph } from '@trellis/kit/testing';
import type { Identity } from '@trellis/platform/identity';
import { accounts } from './subgraph.ts';
import type { Tables } from './tables.ts';

let subgraph: TestSubgraph<Tables>;
beforeAll(async () => {
  subgraph = await startTestSubgraph(accounts);
});
afterAll(() => subgraph.stop());

const user = (index: number, ...roles: string[]): Identity =>
  testUser(seedId('user', index), ...roles);

async function mutate(identity: Identity, field: string, input: object) {
  const type = `${field[0]?.toUpperCase()}${field.slice(1)}Input`;
  const fields: Record<string, string> = {
    updateProfile: 'user { name email }',
    addAddress: 'address { id city isDefault owner { id defaultAddress { city } } }',
    removeAddress: 'removedAddressId user { addresses { nodes { id } totalCount } }',
    changeRole: 'user { role }',
  };
  const answer = await subgraph.ask({
    query: `mutation ($input: ${type}!) {
      payload: ${field}(input: $input) { ${fields[field]} userErrors { code message field } }
    }`,
    variables: { input },
    identity,
  });
  expect(answer.errors).toBeUndefined();
  return answer.data.payload;
}

describe('updateProfile', () => {
  test('changes what is given and leaves the rest', async () => {
    const email = `${seededPerson(20).username}@example.com`;
    expect(await mutate(user(20), 'updateProfile', { name: '  Grace Hopper ' })).toEqual({
      user: { name: 'Grace Hopper', email },
      userErrors: [],
    });
    expect(await mutate(user(20), 'updateProfile', {})).toMatchObject({ user: { email } });
  });

  test('gives an e-mail address to one user only', async () => {
    await mutate(user(21), 'updateProfile', { email: 'Twin@Example.com' });
    expect(await mutate(user(22), 'updateProfile', { email: 'twin@example.com' })).toEqual({
      user: null,
      userErrors: [
        {
          code: 'EMAIL_TAKEN',
          message: 'Somebody else uses this e-mail address.',
          field: ['input', 'email'],
        },
      ],
    });
  });

  test.each([
    [' ', 'NAME_EMPTY'],
    ['x'.repeat(101), 'NAME_TOO_LONG'],
  ])('refuses the name %j', async (name, code) => {
    const payload = await mutate(user(20), 'updateProfile', { name });
    expect(payload.user).toBeNull();
    expect(payload.userErrors).toMatchObject([{ code, field: ['input', 'name'] }]);
  });

  test('refuses a service, which has no profile', async () => {
    const service: Identity = { ...user(20), kind: 'service', subject: 'billing' };
    const { userErrors } = await mutate(service, 'updateProfile', { name: 'Billing' });
    expect(userErrors).toMatchObject([{ code: 'NOT_A_USER', field: null }]);
  });

  test('refuses an anonymous caller before anything is done', async () => {
    const { data, errors } = await subgraph.ask(
      'mutation { updateProfile(input: { name: "Nobody" }) { user { id } } }',
    );
    expect(data).toEqual({ updateProfile: null });
    expect(errors?.[0]?.extensions?.['code']).toBe('UNAUTHENTICATED');
  });
});

const home = {
  recipient: 'Ada Lovelace',
  street: 'Somerset Street 1',
  city: 'London',
  postalCode: 'W1U 8AX',
  country: 'GB',
};

describe('addAddress', () => {
  test('puts a new default in the place of the old one', async () => {
    await mutate(user(30), 'addAddress', { ...home, isDefault: true });
    const { address } = await mutate(user(30), 'addAddress', {
      ...home,
      city: 'Marylebone',
      isDefault: true,
    });
    expect(address).toMatchObject({
      city: 'Marylebone',
      isDefault: true,
      owner: { id: seedId('user', 30), defaultAddress: { city: 'Marylebone' } },
    });
  });

  test('names every empty line', async () => {
    const payload = await mutate(user(30), 'addAddress', { ...home, street: ' ', city: '' });
    expect(payload.address).toBeNull();
    expect(payload.userErrors.map(({ field }: { field: string[] }) => field)).toEqual([
      ['input', 'street'],
      ['input', 'city'],
    ]);
  });

  test('refuses a user who has no account', async () => {
    const { userErrors } = await mutate(testUser('usr_nobody'), 'addAddress', home);
    expect(userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
  });

  test('refuses a country that is none', async () => {
    const { errors } = await subgraph.ask({
      query: 'mutation ($input: AddAddressInput!) { addAddress(input: $input) { address { id } } }',
      variables: { input: { ...home, country: 'Atlantis' } },
      identity: user(30),
    });
    expect(errors?.[0]?.extensions?.['code']).toBe('BAD_USER_INPUT');
  });
});

describe('removeAddress', () => {
  test('removes an own address and shows what is left', async () => {
    const { address } = await mutate(user(40), 'addAddress', home);
    const before = await mutate(user(40), 'addAddress', { ...home, city: 'Bath' });
    const payload = await mutate(user(40), 'removeAddress', { addressId: address.id });
    expect(payload.removedAddressId).toBe(address.id);
    const left = payload.user.addresses.nodes.map(({ id }: { id: string }) => id);
    expect(left).toContain(before.address.id);
    expect(left).not.toContain(address.id);
  });

  test("treats somebody else's address as unknown", async () => {
    const { address } = await mutate(user(40), 'addAddress', home);
    expect(await mutate(user(41), 'removeAddress', { addressId: address.id })).toMatchObject({
      removedAddressId: null,
      userErrors: [{ code: 'NOT_FOUND', field: ['input', 'addressId'] }],
    });
  });

  test('shows two removals of one request as they happen', async () => {
    const first = (await mutate(user(42), 'addAddress', home)).address.id;
    const second = (await mutate(user(42), 'addAddress', home)).address.id;
    const payload = 'user { addresses { totalCount } }';
    const { data } = await subgraph.ask({
      query: `mutation {
        first: removeAddress(input: { addressId: "${first}" }) { ${payload} }
        second: removeAddress(input: { addressId: "${second}" }) { ${payload} }
      }`,
      identity: user(42),
    });
    const counts = [data.first, data.second].map((each) => each.user.addresses.totalCount);
    expect(counts[1]).toBe(counts[0] - 1);
  });
});

describe('changeRole', () => {
  test('lets an administrator change the role of another user only', async () => {
    const admin = user(0, 'ADMIN');
    const change = { userId: seedId('user', 50), role: 'SUPPORT' };
    expect(await mutate(admin, 'changeRole', change)).toEqual({
      user: { role: 'SUPPORT' },
      userErrors: [],
    });
    const own = await mutate(admin, 'changeRole', { ...change, userId: seedId('user', 0) });
    expect(own.userErrors).toMatchObject([{ code: 'OWN_ROLE' }]);
    const unknown = await mutate(admin, 'changeRole', { ...change, userId: 'usr_nobody' });
    expect(unknown.userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
  });

  test('is refused to everyone else', async () => {
    const { errors } = await subgraph.ask({
      query: `mutation { changeRole(input: { userId: "${seedId('user', 51)}", role: ADMIN }) { user { id } } }`,
      identity: user(51, 'CUSTOMER'),
    });
    expect(errors?.[0]?.extensions?.['code']).toBe('FORBIDDEN');
  });
});
