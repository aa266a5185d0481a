import { insertRows } from '@trellis/kit/insert-rows';
import type { FillTables } from '@trellis/kit/seed';
import { seedId } from '@trellis/kit/seed-id';
import { createSeedRandom } from '@trellis/kit/seed-random';
import { seededPerson } from '@trellis/kit/seeded-people';
import { seededCounts, seededUser, type SeededRegion } from '@trellis/kit/seeded-shop';

const maxAddresses = 3;

/** Places by region: city, postal code, country and a street there. */
const places: Readonly<
  Record<SeededRegion, readonly (readonly [string, string, string, string])[]>
> = {
  APAC: [
    ['Singapore', '048616', 'SG', 'Collyer Quay'],
    ['Tokyo', '100-0005', 'JP', 'Marunouchi'],
    ['Sydney', '2000', 'AU', 'George Street'],
  ],
  EU_CENTRAL: [
    ['Berlin', '10117', 'DE', 'Friedrichstraße'],
    ['Vienna', '1010', 'AT', 'Kärntner Straße'],
    ['Prague', '110 00', 'CZ', 'Národní'],
  ],
  EU_NORTH: [
    ['Stockholm', '111 21', 'SE', 'Vasagatan'],
    ['Oslo', '0154', 'NO', 'Karl Johans gate'],
    ['Helsinki', '00100', 'FI', 'Mannerheimintie'],
  ],
  NA_EAST: [
    ['New York', '10001', 'US', 'Seventh Avenue'],
    ['Boston', '02108', 'US', 'Beacon Street'],
    ['Toronto', 'M5H 2N2', 'CA', 'Bay Street'],
  ],
  NA_WEST: [
    ['Seattle', '98101', 'US', 'Pike Street'],
    ['Portland', '97204', 'US', 'Morrison Street'],
    ['Vancouver', 'V6B 1A1', 'CA', 'Granville Street'],
  ],
};

/** Everyone of the example shop, with up to three addresses each; the first one is the default. */
export const seed: FillTables = async (client) => {
  const users = Array.from({ length: seededCounts.users }, (_, index) => index);
  await insertRows(client, 'users', users.map(makeUser));
  await insertRows(client, 'addresses', users.flatMap(makeAddresses));
};

function makeUser(index: number) {
  const { id, role, region, registeredAt } = seededUser(index);
  const { name, username } = seededPerson(index);
  return {
    id,
    username,
    name,
    email: `${username}@example.com`,
    role,
    region,
    risk_score: createSeedRandom(`risk ${index}`).integer(0, 100),
    registered_at: registeredAt,
  };
}

function makeAddresses(index: number) {
  const random = createSeedRandom(`addresses ${index}`);
  const user = seededUser(index);
  const count = random.integer(0, maxAddresses);
  return Array.from({ length: count }, (_, number) => {
    const [city, postalCode, country, street] = random.pick(places[user.region]);
    return {
      id: seedId('address', index * maxAddresses + number),
      user_id: user.id,
      recipient: seededPerson(index).name,
      street: `${street} ${random.integer(1, 180)}`,
      city,
      postal_code: postalCode,
      country,
      is_default: number === 0,
      added_at: new Date(user.registeredAt.getTime() + number * 86_400_000),
    };
  });
}
