import { refuse, succeed, userError, type Outcome } from '@trellis/kit/user-error';
import type { Identity } from '@trellis/platform/identity';
import type { Kysely } from 'kysely';
import { findReviewProblems, trimText, type ReviewText } from './review-text.ts';
import { selectReviewsById, updateReview, type ReviewRow } from './reviews-table.ts';
import { signedInUser } from '@trellis/kit/signed-in-user';
import type { Tables } from './tables.ts';

/** What is absent or null stays as it is. */
export interface EditReviewInput {
  readonly reviewId: string;
  readonly rating?: number | null | undefined;
  readonly title?: string | null | undefined;
  readonly body?: string | null | undefined;
}

/** Changes a review, if it is the caller's own: nobody puts words into somebody else's mouth, not even staff. */
export async function editReview(
  database: Kysely<Tables>,
  identity: Identity,
  { reviewId, ...input }: EditReviewInput,
): Promise<Outcome<ReviewRow>> {
  const author = signedInUser(identity);
  if (!author.ok) return author;
  const change = readChange(input);
  const problems = findReviewProblems(change);
  if (problems.length > 0) return refuse(...problems);
  if (Object.keys(change).length === 0) {
    return refuse(userError('EMPTY', 'Name a rating, a title or a body to change.'));
  }
  const changed = await updateReview(database, { id: reviewId, authorId: author.result }, change);
  if (changed) return succeed(changed);
  const [others] = await selectReviewsById(database, [reviewId]);
  return others
    ? refuse(userError('FORBIDDEN', 'Only the author may edit a review.', 'reviewId'))
    : refuse(userError('NOT_FOUND', 'There is no such review.', 'reviewId'));
}

function readChange({ rating, title, body }: Omit<EditReviewInput, 'reviewId'>): ReviewText {
  return {
    ...(typeof rating === 'number' ? { rating } : {}),
    ...(typeof title === 'string' ? { title: trimText(title) } : {}),
    ...(typeof body === 'string' ? { body: trimText(body) } : {}),
  };
}
