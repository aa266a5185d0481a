import { badInput } from '@trellis/kit/user-input-error';

const maxLength = 200;

/**
 * Checks what somebody searches for.
 * @returns the text without blanks around it
 * @throws GraphQLError BAD_USER_INPUT when nothing is left, or too much
 */
export function readSearchText(text: string): string {
  // PostgreSQL keeps no text with a zero byte.
  const trimmed = text.replaceAll('\0', ' ').trim();
  if (trimmed === '') throw badInput('`text` is blank: say what to search for.');
  if (trimmed.length > maxLength) {
    throw badInput(
      `\`text\` has ${trimmed.length} characters, but at most ${maxLength} can be searched for.`,
    );
  }
  return trimmed;
}
