/** Why a mutation did nothing, as data: for what the person who asked can put right. */
export interface UserError {
  /** Stable, for programs: such as `NOT_FOUND`. */
  readonly code: string;
  readonly message: string;
  /** Where in the input, such as `['input', 'email']`; null when it is no single place. */
  readonly field: readonly string[] | null;
}

/** What a use case did, or why it did nothing. A union, so that nobody reads a result that is not there. */
export type Outcome<Result> =
  | { readonly ok: true; readonly result: Result }
  | { readonly ok: false; readonly userErrors: readonly UserError[] };

export function succeed<Result>(result: Result): Outcome<Result> {
  return { ok: true, result };
}

/** @param userErrors at least one */
export function refuse(...userErrors: readonly UserError[]): Outcome<never> {
  return { ok: false, userErrors };
}

/** @param field where in the input, such as `'email'`; absent when it is no single place */
export function userError(code: string, message: string, field?: string): UserError {
  return { code, message, field: field === undefined ? null : ['input', field] };
}

/** What a mutation answers: its own fields, or the reasons why it did nothing. */
export type Payload<Fields> = Partial<Fields> & { readonly userErrors: readonly UserError[] };

/**
 * Makes the payload of a mutation.
 * @param show the payload's own fields when the mutation did something; all of them are null when it did not
 */
export async function makePayload<Result, Fields extends object>(
  outcome: Outcome<Result>,
  show: (result: Result) => Fields | Promise<Fields>,
): Promise<Payload<Fields>> {
  if (!outcome.ok) return { userErrors: outcome.userErrors } as Payload<Fields>;
  return { ...(await show(outcome.result)), userErrors: [] };
}
