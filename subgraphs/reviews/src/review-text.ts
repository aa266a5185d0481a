import { userError, type UserError } from '@trellis/kit/user-error';

/** What people write in a review; what is absent is not written yet, or stays as it is. */
export interface ReviewText {
  readonly rating?: number;
  readonly title?: string;
  readonly body?: string;
}

const maxLengths = { title: 120, body: 5_000 } as const;

/** Takes blanks away from both ends; and zero bytes, which PostgreSQL keeps in no text. */
export function trimText(text: string): string {
  return text.replaceAll('\0', '').trim();
}

/** Lists everything that is wrong with a trimmed review, in the order of its fields. */
export function findReviewProblems(review: ReviewText): UserError[] {
  const { rating } = review;
  const problems: UserError[] = [];
  if (rating !== undefined && (rating < 1 || rating > 5)) {
    const message = `A rating is from 1 to 5, but ${rating} came.`;
    problems.push(userError('OUT_OF_RANGE', message, 'rating'));
  }
  for (const part of ['title', 'body'] as const) {
    const text = review[part];
    if (text === '') problems.push(userError('EMPTY', `A review needs a ${part}.`, part));
    if (text !== undefined && text.length > maxLengths[part]) {
      const message = `The ${part} has at most ${maxLengths[part]} characters, but this one has ${text.length}.`;
      problems.push(userError('TOO_LONG', message, part));
    }
  }
  return problems;
}
