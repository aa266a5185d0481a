import { GatewayError } from '../../errors.ts';

/**
 * Brackets within brackets, of any kind. Parsers and all that walks a tree recurse: what stays below this stays far
 * from the end of the stack.
 */
export const maxNesting = 250;

const quote = 0x22;
const hash = 0x23;
const openParenthesis = 0x28;
const closeParenthesis = 0x29;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const newLine = 0x0a;
const carriageReturn = 0x0d;

/**
 * Counts brackets in the text of a document before anybody parses it, in one pass. Strings and comments are skipped as
 * the lexer would (GraphQL October 2021, §2.1).
 * @throws GatewayError MAX_DEPTH_LIMIT
 */
export function assertNesting(text: string): void {
  // Two brackets for each level.
  if (text.length <= maxNesting) return;
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case openBrace:
      case openBracket:
      case openParenthesis:
        depth += 1;
        if (depth > maxNesting) throw tooDeep();
        break;
      case closeBrace:
      case closeBracket:
      case closeParenthesis:
        depth -= 1;
        break;
      case hash:
        at = endOfComment(text, at);
        break;
      case quote:
        at = text.startsWith('"""', at)
          ? endOfBlockString(text, at + 3)
          : endOfString(text, at + 1);
        break;
    }
  }
}

function tooDeep(): GatewayError {
  return new GatewayError(
    'MAX_DEPTH_LIMIT',
    `The document nests more than ${maxNesting} brackets. Ask for less at once.`,
  );
}

/** @returns where its last character stands */
function endOfComment(text: string, start: number): number {
  for (let at = start; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === newLine || code === carriageReturn) return at;
  }
  return text.length;
}

function endOfString(text: string, start: number): number {
  for (let at = start; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === backslash) at += 1;
    else if (code === quote || code === newLine || code === carriageReturn) return at;
  }
  return text.length;
}

function endOfBlockString(text: string, start: number): number {
  let at = text.indexOf('"""', start);
  while (at > start && text.charCodeAt(at - 1) === backslash) at = text.indexOf('"""', at + 3);
  return at === -1 ? text.length : at + 2;
}
