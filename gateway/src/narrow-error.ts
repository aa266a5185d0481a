import type { Authorization } from './authorization/authorize.ts';
import { narrowSuggestions } from './operation/narrow-suggestions.ts';
import { InvalidOperationError } from './operation/validate.ts';
import type { RequestContext } from './request.ts';
import type { Snapshot } from './supergraph/snapshot.ts';

/** Takes out of an error what its caller may not see of the schema. */
export type NarrowError = (
  error: unknown,
  caller: Pick<RequestContext, 'identity' | 'headers' | 'id'>,
  snapshot: Snapshot,
) => Promise<unknown>;

/**
 * Returns the function that takes names out of errors which the static rules of their caller hide.
 * @param introspection whether the schema is shown at all
 */
export function createNarrowError(
  authorization: Pick<Authorization, 'viewFor'>,
  introspection: boolean,
): NarrowError {
  return async (error, caller, snapshot) => {
    if (!(error instanceof InvalidOperationError)) return error;
    const view = await authorization.viewFor(snapshot, caller);
    if (!view) return error;
    return narrowSuggestions(error, { schema: snapshot.apiSchema, view, introspection });
  };
}
