/** A document of the published check lists and advisories, and what may become of it. */
export interface HostileDocument {
  /** Row of docs/security.md, and what it is. */
  readonly name: string;
  readonly query: string;
  readonly operationName?: string;
  readonly variables?: unknown;
  /** In place of `variables`, as JSON: what nobody can write from values. */
  readonly variablesText?: string;
  /** Code of the refusal; `data` where an answer without errors is right. */
  readonly verdict: string;
  /** When another server parses first, its code for the same refusal. */
  readonly apolloVerdict?: string;
}

export function times(count: number, make: (at: number) => string): string {
  return Array.from({ length: count }, (_, at) => make(at)).join(' ');
}
