import type { FinishedSpan } from '@trellis/platform/tracing';
import type { Statement } from '../database/statements.ts';

/** Longer texts say no more. */
const maxTextLength = 2_000;

/**
 * Names a statement for its span. Values travel as parameters and are never here; texts in quotes are hidden too, in case
 * somebody wrote one into a statement (OpenTelemetry semantic conventions for databases, `db.query.text`).
 */
export function describeStatement(
  { service, sql }: Statement,
  error: unknown,
): Pick<FinishedSpan, 'name' | 'attributes' | 'error'> {
  const text = hideLiterals(sql).slice(0, maxTextLength);
  const operation = /^\s*(\w+)/.exec(text)?.[1]?.toUpperCase() ?? 'SQL';
  const table = /\b(?:from|into|update|join)\s+"?([\w.]+)"?/i.exec(text)?.[1];
  return {
    name: table === undefined ? operation : `${operation} ${table}`,
    attributes: {
      'db.system.name': 'postgresql',
      'db.namespace': service,
      'db.operation.name': operation,
      'db.collection.name': table,
      'db.query.text': text,
    },
    error: error === undefined ? undefined : sqlState(error),
  };
}

function hideLiterals(sql: string): string {
  return sql
    .replace(/\$(\w*)\$[^]*?\$\1\$/g, '?')
    .replace(/'(?:[^']|'')*'/g, '?')
    .replace(/(?<![\w$."])\d+(?:\.\d+)?\b/g, '?');
}

/** The message of an error may quote a value; its code does not. */
function sqlState(error: unknown): string {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  return typeof code === 'string' ? code : 'error';
}
