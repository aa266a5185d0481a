import { Kind, TokenKind } from 'graphql';
import type { DefinitionNode, DocumentNode } from 'graphql';
// graphql-js exports its parser for those who parse in their own way, but not at its root.
import { Parser } from 'graphql/language/parser.js';
import { createPace, type Turns } from '../turns.ts';

/** Parses a schema definition by definition, without locations. @throws GraphQLError */
export function* parseDefinitions(sdl: string): Turns<DocumentNode> {
  const pace = createPace();
  const parser = new Parser(sdl, { noLocation: true });
  const definitions: DefinitionNode[] = [];
  parser.expectToken(TokenKind.SOF);
  do {
    definitions.push(parser.parseDefinition());
    yield* pace();
  } while (!parser.expectOptionalToken(TokenKind.EOF));
  return { kind: Kind.DOCUMENT, definitions };
}
