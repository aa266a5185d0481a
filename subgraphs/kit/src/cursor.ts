import { badInput } from './user-input-error.ts';

/** A place in an ordered list: the sort value of a row, as PostgreSQL writes it, and its unique tie-breaker. */
export interface Cursor {
  /** The order it was made for: worthless in any other. */
  readonly order: string;
  readonly sortValue: string;
  readonly tieBreaker: string;
}

/** Writes a cursor. Its form is nobody's business but ours: clients give it back as they got it. */
export function formatCursor(cursor: Cursor): string {
  const parts = [cursor.order, cursor.sortValue, cursor.tieBreaker];
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/**
 * Reads a cursor that a client gave back.
 * @param argument its name in the field, for the message
 * @throws GraphQLError BAD_USER_INPUT when we never wrote it
 */
export function parseCursor(text: string, argument: string): Cursor {
  const parts = parseParts(text);
  if (!Array.isArray(parts) || parts.length !== 3 || !parts.every(isText)) {
    throw badInput(
      `\`${argument}\` is no cursor of this list. Take one from \`pageInfo\` or \`edges\`, unchanged.`,
    );
  }
  const [order = '', sortValue = '', tieBreaker = ''] = parts as string[];
  return { order, sortValue, tieBreaker };
}

function parseParts(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString());
  } catch {
    return undefined;
  }
}

/** PostgreSQL keeps no text with a zero byte. */
function isText(part: unknown): boolean {
  return typeof part === 'string' && !part.includes('\0');
}
