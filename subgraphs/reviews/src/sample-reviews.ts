import { seedId } from '@trellis/kit/seed-id';
import { createSeedRandom, type SeedRandom } from '@trellis/kit/seed-random';
import { seededPerson } from '@trellis/kit/seeded-people';
import { seededCounts, seededNow, seededProduct, seededUser } from '@trellis/kit/seeded-shop';
import type { Phrases, PhrasesByMood } from './sample-phrases.ts';

export type SampleReview = ReturnType<typeof makeReview>;

/** Makes 20,000 reviews: the same ones every time, at most one by each user of each product. */
export function makeSampleReviews(moods: PhrasesByMood): readonly SampleReview[] {
  const reviews: SampleReview[] = [];
  const authors = Array.from({ length: seededCounts.users }, (_, index) => makeAuthor(index));
  countReviewsOfProducts().forEach((count, productIndex) => {
    const random = createSeedRandom(`reviews of product ${productIndex}`);
    const { id, addedAt } = seededProduct(productIndex);
    const product = { id, addedAt, quality: random.number() };
    for (const authorIndex of pickAuthors(count, random)) {
      const author = authors[authorIndex];
      if (author) reviews.push(makeReview(reviews.length, { product, author, moods }));
    }
  });
  return reviews;
}

/** Every sixth or seventh product has none. */
const reviewedShare = 0.85;

/** How many reviews each product has: a few products have hundreds, most have some. */
function countReviewsOfProducts(): readonly number[] {
  const { products, reviews } = seededCounts;
  // 1,201 and 2,000 have no common factor, so this numbers all products anew; product 0 is the most popular one.
  const ranks = Array.from({ length: products }, (_, index) => (index * 1_201) % products);
  const weights = ranks.map((rank) => (rank < reviewedShare * products ? (rank + 4) ** -0.8 : 0));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const counts = weights.map((weight) => Math.floor((reviews * weight) / total));
  let missing = reviews - counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => (count > 0 && missing-- > 0 ? count + 1 : count));
}

/** Different users, those with low numbers more often: some people have an opinion on everything. */
function pickAuthors(count: number, random: SeedRandom): ReadonlySet<number> {
  const authors = new Set<number>();
  while (authors.size < count) {
    authors.add(Math.floor(random.number() ** 1.5 * seededCounts.users));
  }
  return authors;
}

type SampleAuthor = ReturnType<typeof makeAuthor>;

function makeAuthor(index: number) {
  const { id, registeredAt } = seededUser(index);
  return { id, registeredAt, username: seededPerson(index).username };
}

interface ReviewParts {
  readonly product: {
    readonly id: string;
    readonly addedAt: Date;
    /** From 0 to 1: decides how its ratings are spread. */
    readonly quality: number;
  };
  readonly author: SampleAuthor;
  readonly moods: PhrasesByMood;
}

function makeReview(index: number, { product, author, moods }: ReviewParts) {
  const random = createSeedRandom(`review ${index}`);
  const rating = pickRating(product.quality, random);
  const phrases = rating >= 4 ? moods.good : rating === 3 ? moods.middling : moods.bad;
  const earliest = product.addedAt > author.registeredAt ? product.addedAt : author.registeredAt;
  const writtenAt = random.date(earliest, seededNow);
  return {
    id: seedId('review', index),
    product_id: product.id,
    author_id: author.id,
    author_username: author.username,
    rating,
    title: random.pick(phrases.titles),
    body: writeBody(phrases, random),
    written_at: writtenAt,
    edited_at: random.chance(0.03) ? random.date(writtenAt, seededNow) : null,
  };
}

/** People review what they love, and what they hate; few bother for what is all right. */
function pickRating(quality: number, random: SeedRandom): number {
  return random.weighted([
    [5, 30 + 40 * quality],
    [4, 25],
    [3, 14 - 6 * quality],
    [2, 9 - 6 * quality],
    [1, 14 - 11 * quality],
  ]);
}

/** From one sentence to a page. */
function writeBody({ openings, details, endings }: Phrases, random: SeedRandom): string {
  const wanted = Math.floor(random.number() ** 2.5 * (details.length + 1));
  const start = random.integer(0, details.length - 1);
  const chosen = Array.from(
    { length: wanted },
    (_, place) => details[(start + place) % details.length] ?? '',
  );
  const ending = random.chance(0.4) ? [random.pick(endings)] : [];
  return [random.pick(openings), ...chosen, ...ending].join(' ');
}
