import { readConstraintViolation } from '@trellis/kit/constraint-violation';
import { newId } from '@trellis/kit/seed-id';
import { refuse, succeed, userError, type Outcome, type UserError } from '@trellis/kit/user-error';
import type { Identity } from '@trellis/platform/identity';
import type { Kysely } from 'kysely';
import { findReviewProblems, trimText } from './review-text.ts';
import { insertReview, type ReviewRow } from './reviews-table.ts';
import { signedInUser } from '@trellis/kit/signed-in-user';
import type { Tables } from './tables.ts';

export interface AddReviewInput {
  readonly productId: string;
  readonly rating: number;
  readonly title: string;
  readonly body: string;
}

/** What the database refuses, as what the author can put right. */
const refusals: Readonly<Record<string, UserError>> = {
  reviews_author_id_product_id_key: userError(
    'ALREADY_REVIEWED',
    'You have reviewed this product already: edit that review.',
    'productId',
  ),
  reviews_product_id_fkey: userError('NOT_FOUND', 'There is no such product.', 'productId'),
};

/** Adds the caller's review of a product; there can be only one. */
export async function addReview(
  database: Kysely<Tables>,
  identity: Identity,
  { productId, rating, ...text }: AddReviewInput,
): Promise<Outcome<ReviewRow>> {
  const author = signedInUser(identity);
  if (!author.ok) return author;
  const written = { rating, title: trimText(text.title), body: trimText(text.body) };
  const problems = findReviewProblems(written);
  if (problems.length > 0) return refuse(...problems);
  const review = { id: newId('review'), authorId: author.result, productId, ...written };
  try {
    const added = await insertReview(database, review);
    return added ? succeed(added) : refuse(userError('NOT_FOUND', 'You have no account here.'));
  } catch (error) {
    const refusal = refusals[readConstraintViolation(error)?.constraint ?? ''];
    if (refusal) return refuse(refusal);
    throw error;
  }
}
