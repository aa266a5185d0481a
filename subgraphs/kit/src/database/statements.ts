import { channel, type Channel } from 'node:diagnostics_channel';
import type { ClientBase } from 'pg';

/** One SQL statement on its way to the database. */
export interface Statement {
  /** The service whose connection it is. */
  readonly service: string;
  readonly sql: string;
  /** A listener that wants to know when it is over, and how, sets this while it is told of the beginning. */
  whenEnded?: (error: unknown) => void;
}

export type StatementListener = (statement: Statement) => void;

/** Name of the diagnostics channel that every statement of every service in this process is published on. */
export const statementChannelName = 'trellis:database:statement';

export const statementChannel = channel(statementChannelName) as Channel<unknown, Statement>;

/**
 * Makes a connection tell of each statement, in the asynchronous context of whoever sends it.
 * Everything goes through `query`: Kysely, the pool and a held client alike.
 */
export function observeStatements(client: ClientBase, tell: (sql: string) => Statement): void {
  const original = client.query.bind(client) as (...parameters: unknown[]) => unknown;
  const query = (...parameters: unknown[]): unknown => {
    const { whenEnded } = tell(readText(parameters[0]));
    return whenEnded ? runToItsEnd(original, parameters, whenEnded) : original(...parameters);
  };
  Object.assign(client, { query });
}

/** pg answers by promise, or calls back where the last parameter is a function. */
function runToItsEnd(
  original: (...parameters: unknown[]) => unknown,
  parameters: unknown[],
  whenEnded: (error: unknown) => void,
): unknown {
  const callback = parameters.at(-1);
  if (typeof callback === 'function') {
    const callBack = (error: unknown, ...rest: unknown[]): void => {
      whenEnded(error ?? undefined);
      callback(error, ...rest);
    };
    return original(...parameters.slice(0, -1), callBack);
  }
  const result = original(...parameters);
  if (result instanceof Promise) result.then(() => whenEnded(undefined), whenEnded);
  return result;
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
