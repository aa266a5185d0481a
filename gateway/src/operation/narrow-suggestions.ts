import type { GraphQLError, GraphQLSchema } from 'graphql';
import { createValidate, refuseInvalid, type InvalidOperationError } from './validate.ts';

export interface NarrowInput {
  readonly schema: GraphQLSchema;
  /** What the caller may see of it. */
  readonly view: GraphQLSchema;
  /** Whether introspection is answered at all. */
  readonly introspection: boolean;
}

/**
 * Says what is wrong with an operation anew, with suggestions ("Did you mean …?") only of what its caller may see. What
 * is wrong is found in the whole schema all the same: a field that the caller may not see is there.
 */
export function narrowSuggestions(
  { document }: InvalidOperationError,
  { schema, view, introspection }: NarrowInput,
): InvalidOperationError {
  const bare = createValidate({ introspection, suggestions: false })(schema, document);
  const suggested = createValidate({ introspection, suggestions: true })(view, document);
  const problems = bare.map((problem) => suggested.find((each) => adds(each, problem)) ?? problem);
  return refuseInvalid(problems, document);
}

/** Whether an error is another with a suggestion at its end. */
function adds(longer: GraphQLError, error: GraphQLError): boolean {
  return (
    longer.message.startsWith(error.message) &&
    JSON.stringify(longer.locations) === JSON.stringify(error.locations)
  );
}
