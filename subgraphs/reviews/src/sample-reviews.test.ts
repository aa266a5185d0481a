import { describe, expect, test } from '@jest/globals';
import { seededCounts, seededNow, seededProduct } from '@trellis/kit/seeded-shop';
import { readSamplePhrases } from './sample-phrases.ts';
import { makeSampleReviews } from './sample-reviews.ts';

const reviews = makeSampleReviews(readSamplePhrases());

function countBy<Key>(keys: readonly Key[]): ReadonlyMap<Key, number> {
  const counts = new Map<Key, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

describe('makeSampleReviews', () => {
  test('makes as many as promised, the same ones every time', () => {
    expect(reviews).toHaveLength(seededCounts.reviews);
    expect(makeSampleReviews(readSamplePhrases())).toEqual(reviews);
  });

  test('lets nobody review a product twice', () => {
    const pairs = reviews.map((review) => `${review.author_id} ${review.product_id}`);
    expect(new Set(pairs).size).toBe(reviews.length);
  });

  test('gives a few products hundreds of reviews and some none', () => {
    const counts = [...countBy(reviews.map((review) => review.product_id)).values()];
    expect(Math.max(...counts)).toBeGreaterThan(300);
    expect(counts.length).toBeLessThan(seededCounts.products * 0.9);
    expect(countBy(reviews.map((review) => review.product_id)).get(seededProduct(0).id)).toBe(
      Math.max(...counts),
    );
  });

  test('praises more often than it complains, in texts of all lengths', () => {
    const ratings = countBy(reviews.map((review) => review.rating));
    expect(new Set(ratings.keys())).toEqual(new Set([1, 2, 3, 4, 5]));
    expect(ratings.get(5)).toBeGreaterThan(reviews.length * 0.4);
    expect(ratings.get(1)).toBeGreaterThan(ratings.get(2) ?? 0);
    const lengths = reviews.map((review) => review.body.length);
    expect(Math.min(...lengths)).toBeLessThan(40);
    expect(Math.max(...lengths)).toBeGreaterThan(400);
  });

  test('writes nothing before the product was there, nor after the seeds were taken', () => {
    const addedAt = new Map(
      Array.from({ length: seededCounts.products }, (_, index) => seededProduct(index)).map(
        (product) => [product.id, product.addedAt] as const,
      ),
    );
    for (const review of reviews) {
      const added = addedAt.get(review.product_id) ?? seededNow;
      expect(review.written_at >= added && review.written_at <= seededNow).toBe(true);
      expect((review.edited_at ?? review.written_at) >= review.written_at).toBe(true);
    }
  });
});
