import { parseCursor, type Cursor } from './cursor.ts';
import { badInput } from './user-input-error.ts';

/** The arguments of a connection field (GraphQL cursor connections specification §4). */
export interface PageArguments {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
}

/** The checked wish for a part of an ordered list. */
export interface Page {
  readonly size: number;
  /** Backward pages are the last ones before a place; their rows still come in the list's own order. */
  readonly isBackward: boolean;
  readonly after: Cursor | undefined;
  readonly before: Cursor | undefined;
}

export interface PageLimits {
  /** When the client names no number. Default 20. */
  readonly defaultSize?: number;
  /** The most that one request may ask. Default 100. */
  readonly maxSize?: number;
}

/**
 * Checks the arguments of a connection field.
 * @throws GraphQLError BAD_USER_INPUT saying which argument is wrong and what is allowed
 */
export function readPage(pageArguments: PageArguments, limits: PageLimits = {}): Page {
  const { first, last, after, before } = pageArguments;
  const { defaultSize = 20, maxSize = 100 } = limits;
  // A default value of `first` in the schema must not stand in the way of `last`.
  const isBackward = isGiven(last);
  const size = isBackward ? last : isGiven(first) ? first : defaultSize;
  const argument = isBackward ? 'last' : 'first';
  if (size < 0) throw badInput(`\`${argument}\` is ${size}, but must not be negative.`);
  if (size > maxSize) {
    throw badInput(`\`${argument}\` is ${size}, but at most ${maxSize} can be asked at once.`);
  }
  return {
    size,
    isBackward,
    after: isGiven(after) ? parseCursor(after, 'after') : undefined,
    before: isGiven(before) ? parseCursor(before, 'before') : undefined,
  };
}

function isGiven<Value>(value: Value | null | undefined): value is Value {
  return value !== null && value !== undefined;
}
