import { refuse, succeed, userError, type Outcome } from '@trellis/kit/user-error';
import type { Identity } from '@trellis/platform/identity';
import type { Kysely } from 'kysely';
import { deleteReviewRow, selectReviewsById, type ReviewRow } from './reviews-table.ts';
import { signedInUser } from '@trellis/kit/signed-in-user';
import type { Tables } from './tables.ts';

const rolesThatDeleteAny = ['ADMIN', 'SUPPORT'];

/** Removes a review: the caller's own, or anybody's for those who keep the shop decent. */
export async function deleteReview(
  database: Kysely<Tables>,
  identity: Identity,
  { reviewId }: { readonly reviewId: string },
): Promise<Outcome<ReviewRow>> {
  const mayDeleteAny = identity.roles.some((role) => rolesThatDeleteAny.includes(role));
  const author = signedInUser(identity);
  if (!mayDeleteAny && !author.ok) return author;
  const owner = !mayDeleteAny && author.ok ? author.result : undefined;
  const removed = await deleteReviewRow(database, reviewId, owner);
  if (removed) return succeed(removed);
  const [others] = await selectReviewsById(database, [reviewId]);
  return others
    ? refuse(userError('FORBIDDEN', 'Only the author may delete a review.', 'reviewId'))
    : refuse(userError('NOT_FOUND', 'There is no such review.', 'reviewId'));
}
