import type { GraphQLFormattedError } from 'graphql';
import type { Denial } from '../request.ts';
import type { Path } from './client-paths.ts';
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
  if (errors.some((error) => explains(run, error, path))) return;
  if (run.explained.some((explained) => isPrefix(explained, path))) return;
  errors.push({ message, path: [...path], extensions: { code: 'SUBGRAPH_MALFORMED_RESPONSE' } });
}

/** Whether an error is for the value, for something around it, or for something inside that nulled it. */
function explains({ origins }: Run, error: GraphQLFormattedError, path: Path): boolean {
  const { path: place = [] } = error;
  if (isPrefix(path, place)) return true;
  // An error of a field nobody asked of an object tells why others of its fields are null, and nothing further down.
  const isOfField = (origins.get(error)?.length ?? 0) > place.length;
  return isPrefix(place, path) && (!isOfField || path.length <= place.length + 1);
}

/** Reports why a field is null that the caller may not see: `run.path` is that of its object. */
export function addDenial(run: Run, responseName: string, denial: Denial): void {
  run.violations += 1;
  if (run.errors.length >= maxErrors) return;
  const { message, extensions } = denial;
  const path = [...run.path, responseName];
  // What is written in pieces may be written twice.
  if (run.pieces && isReported(run.errors, path, denial)) return;
  // What a subgraph said of a place that the caller may not see is not theirs to read.
  if (run.failures.length > 0) removeErrorsIn(run.errors, path);
  run.errors.push({ message, path, extensions });
}

function isReported(
  errors: readonly GraphQLFormattedError[],
  at: Path,
  { message }: Denial,
): boolean {
  return errors.some(({ path = [], ...error }) => {
    return error.message === message && path.length === at.length && isPrefix(at, path);
  });
}

function removeErrorsIn(errors: GraphQLFormattedError[], place: Path): void {
  for (let at = errors.length - 1; at >= 0; at -= 1) {
    if (isPrefix(place, errors[at]?.path ?? [])) errors.splice(at, 1);
  }
}

function isPrefix(start: Path, whole: Path): boolean {
  return start.length <= whole.length && start.every((key, at) => key === whole[at]);
}
