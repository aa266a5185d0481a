import type { HostileDocument } from './hostile-document.ts';

/** The JSON body of a document. */
export function bodyOf(document: HostileDocument): string {
  const { query, operationName, variables, variablesText } = document;
  const body = JSON.stringify({ query, operationName, variables });
  return variablesText === undefined ? body : `${body.slice(0, -1)},"variables":${variablesText}}`;
}
