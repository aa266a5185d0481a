import { insertRows } from '@trellis/kit/insert-rows';
import type { FillTables } from '@trellis/kit/seed';
import { seedId } from '@trellis/kit/seed-id';
import { seededPerson } from '@trellis/kit/seeded-people';
import { seededCounts } from '@trellis/kit/seeded-shop';
import { readSamplePhrases } from './sample-phrases.ts';
import { makeSampleReviews } from './sample-reviews.ts';

/** Twenty thousand reviews of the example shop, and who may review what. */
export const seed: FillTables = async (client) => {
  const products = Array.from({ length: seededCounts.products }, (_, index) => ({
    id: seedId('product', index),
  }));
  const users = Array.from({ length: seededCounts.users }, (_, index) => ({
    id: seedId('user', index),
    username: seededPerson(index).username,
  }));
  await insertRows(client, 'known_products', products);
  await insertRows(client, 'known_users', users);
  await insertRows(client, 'reviews', makeSampleReviews(readSamplePhrases()));
};
