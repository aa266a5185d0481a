import { seededPerson } from '@trellis/kit/seeded-people';
import { seededCounts, seededUser, type SeededUser } from '@trellis/kit/seeded-shop';

/** A user of the seeded shop, as the identity provider knows them. */
export interface ShopUser {
  readonly id: string;
  readonly username: string;
  readonly name: string;
  readonly role: SeededUser['role'];
  readonly region: SeededUser['region'];
}

/** One of each kind, and three who buy: 109 wrote the newest review, 5 orders most. */
const sampleIndexes = [109, 5, 6, 1, 3, 0];

/** What the sign-in page offers. */
export const sampleUsers: readonly ShopUser[] = sampleIndexes.map(makeUser);

function makeUser(index: number): ShopUser {
  const { id, role, region } = seededUser(index);
  return { id, role, region, ...seededPerson(index) };
}

/** @param wanted a username, such as `ada.khan.7`, or a user id */
export function findShopUser(wanted: string): ShopUser | undefined {
  const sample = sampleUsers.find(({ id, username }) => id === wanted || username === wanted);
  if (sample) return sample;
  // The index is the end of every username.
  const index = Number(/\.(\d{1,6})$/.exec(wanted)?.[1] ?? Number.NaN);
  if (index < seededCounts.users) {
    const user = makeUser(index);
    return user.username === wanted ? user : undefined;
  }
  return findById(wanted);
}

function findById(id: string): ShopUser | undefined {
  for (let index = 0; index < seededCounts.users; index += 1) {
    if (seededUser(index).id === id) return makeUser(index);
  }
  return undefined;
}
