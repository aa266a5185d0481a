import type { Run } from './run.ts';

/** No answer carries more errors than this: one failed step may concern thousands of places. */
export const maxErrors = 200;

/**
 * Reports that the value at `run.path` cannot be shown, unless an error that explains it stands in the answer already:
 * one for the value, for something around it, or for something inside that nulled it.
 */
export function addError(run: Run, message: string): void {
  run.violations += 1;
  const { errors, path } = run;
  if (errors.length >= maxErrors) return;
  if (
    errors.some((error) => isPrefix(error.path ?? [], path) || isPrefix(path, error.path ?? []))
  ) {
    return;
  }
  if (run.removed.length > 0 && explainsRemoved(run.removed, path)) return;
  if (run.explained.some((explained) => isPrefix(explained, path))) return;
  errors.push({ message, path: [...path], extensions: { code: 'SUBGRAPH_MALFORMED_RESPONSE' } });
}

/** Whether authorization took the value, or something non-null inside it, out of the answer. */
function explainsRemoved(removed: readonly string[], path: readonly (string | number)[]): boolean {
  const place = path.filter((key) => typeof key === 'string').join('.');
  return removed.some((each) => each === place || each.startsWith(`${place}.`));
}

function isPrefix(
  start: readonly (string | number)[],
  whole: readonly (string | number)[],
): boolean {
  return start.length <= whole.length && start.every((key, at) => key === whole[at]);
}
