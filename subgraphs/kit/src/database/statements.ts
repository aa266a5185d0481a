import { channel } from 'node:diagnostics_channel';
import type { ClientBase } from 'pg';

/** One SQL statement on its way to the database. */
export interface Statement {
  /** The service whose connection it is. */
  readonly service: string;
  readonly sql: string;
}

export type StatementListener = (statement: Statement) => void;

/** Name of the diagnostics channel that every statement of every service in this process is published on. */
export const statementChannelName = 'trellis:database:statement';

const statementChannel = channel(statementChannelName);

/**
 * Makes a connection tell of each statement, in the asynchronous context of whoever sends it.
 * Everything goes through `query`: Kysely, the pool and a held client alike.
 */
export function observeStatements(client: ClientBase, tell: (sql: string) => void): void {
  const original = client.query.bind(client) as (...parameters: unknown[]) => unknown;
  const query = (...parameters: unknown[]): unknown => {
    tell(readText(parameters[0]));
    return original(...parameters);
  };
  Object.assign(client, { query });
}

export function publishStatement(statement: Statement): void {
  if (statementChannel.hasSubscribers) statementChannel.publish(statement);
}

/** @param query what pg accepts: text, `{ text }`, or an object that submits itself and has a text */
function readText(query: unknown): string {
  if (typeof query === 'string') return query;
  if (typeof query === 'object' && query !== null && 'text' in query) return String(query.text);
  return 'unknown statement';
}
