import { Lexer, Source, TokenKind } from 'graphql';

/** What is looked at of a document that nobody has parsed or limited yet. */
const maxTokens = 2_000;

const operationKinds: ReadonlySet<string> = new Set(['query', 'mutation', 'subscription']);
/** After these stands a name of a fragment or a type, which may be called `query`. */
const namesFollow: ReadonlySet<string> = new Set(['fragment', 'on']);

/** The name of the first operation that has one; nothing where none is found in time, or the text is no document. */
export function findOperationName(text: string): string | undefined {
  const lexer = new Lexer(new Source(text));
  let depth = 0;
  try {
    for (let count = 0; count < maxTokens; count += 1) {
      const { kind, value } = lexer.advance();
      if (kind === TokenKind.EOF) return undefined;
      if (kind === TokenKind.BRACE_L) depth += 1;
      else if (kind === TokenKind.BRACE_R) depth -= 1;
      else if (depth === 0 && kind === TokenKind.NAME && namesFollow.has(value)) lexer.advance();
      else if (depth === 0 && kind === TokenKind.NAME && operationKinds.has(value)) {
        const next = lexer.advance();
        if (next.kind === TokenKind.NAME) return next.value;
        if (next.kind === TokenKind.BRACE_L) depth += 1;
      }
    }
  } catch {
    // What is no document has no name.
  }
  return undefined;
}
