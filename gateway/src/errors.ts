import type { GraphQLFormattedError } from 'graphql';

/** What a code means to the outside: HTTP status when it decides the answer, and the sentence clients read. */
interface ErrorEntry {
  /** HTTP status when the whole request is refused with this code. Errors inside a partial answer travel with 200. */
  readonly status: number;
  /** The sentence for clients when nothing more exact is known. */
  readonly message: string;
  /** `public`: the error's own message may be shown. `internal`: it goes to the log, clients see `message` only. */
  readonly visibility: 'public' | 'internal';
}

function open(status: number, message: string): ErrorEntry {
  return { status, message, visibility: 'public' };
}

function masked(status: number, message: string): ErrorEntry {
  return { status, message, visibility: 'internal' };
}

/** Every code the gateway itself writes into `extensions.code`. docs/errors.md explains each, and a test compares the two. */
export const errorCatalogue = {
  // The request as HTTP.
  BAD_REQUEST: open(400, 'The request is not a GraphQL request.'),
  CSRF_PREVENTED: open(400, 'A browser could send this request without asking first.'),
  NOT_FOUND: open(404, 'There is nothing at this address.'),
  METHOD_NOT_ALLOWED: open(405, 'This address does not answer this method.'),
  NOT_ACCEPTABLE: open(406, 'No media type of the Accept header can be written.'),
  BODY_TOO_LARGE: open(413, 'The request body is too large.'),
  URL_TOO_LONG: open(414, 'The address is too long.'),
  UNSUPPORTED_MEDIA_TYPE: open(415, 'The request body must be application/json.'),
  BATCH_LIMIT_EXCEEDED: open(400, 'The request holds too many operations.'),

  // The operation.
  GRAPHQL_PARSE_FAILED: open(400, 'The document is not GraphQL.'),
  GRAPHQL_VALIDATION_FAILED: open(400, 'The document does not fit the schema.'),
  OPERATION_RESOLUTION_FAILURE: open(400, 'It is not clear which operation to run.'),
  BAD_USER_INPUT: open(400, 'A variable does not fit its type.'),
  MAX_TOKENS_LIMIT: open(400, 'The document has too many tokens.'),
  MAX_DEPTH_LIMIT: open(400, 'The operation is too deep.'),
  MAX_HEIGHT_LIMIT: open(400, 'The operation asks for too many fields.'),
  MAX_ALIASES_LIMIT: open(400, 'The operation has too many aliases.'),
  MAX_ROOT_FIELDS_LIMIT: open(400, 'The operation has too many fields at its root.'),
  MAX_DIRECTIVES_LIMIT: open(400, 'The operation has too many directives.'),
  MAX_SELECTIONS_LIMIT: open(400, 'The operation expands to too many selections.'),
  MAX_COMPARISONS_LIMIT: open(400, 'The operation asks for the same fields too often.'),
  MAX_INPUT_VALUES_LIMIT: open(400, 'The variables hold too many values.'),
  COST_LIMIT_EXCEEDED: open(400, 'The operation costs too much.'),
  INTROSPECTION_DISABLED: open(400, 'Introspection is switched off.'),
  SUBSCRIPTION_UNSUPPORTED: open(400, 'Subscriptions are not served over this transport.'),
  // Clients of these two read the body only when the status is 200 (docs/decisions/0141).
  PERSISTED_QUERY_NOT_FOUND: open(200, 'PersistedQueryNotFound'),
  PERSISTED_QUERY_NOT_SUPPORTED: open(200, 'PersistedQueryNotSupported'),
  PERSISTED_QUERY_ID_REQUIRED: open(403, 'Only the ids of known documents are accepted.'),
  QUERY_NOT_IN_SAFELIST: open(403, 'This document is not among those that may be run.'),

  // The caller.
  CLIENT_CLOSED_REQUEST: open(499, 'The client has left.'),
  UNAUTHENTICATED: open(401, 'Sign in first.'),
  FORBIDDEN: open(403, 'This is not permitted.'),
  RATE_LIMITED: open(429, 'Too many requests. Try again later.'),

  // The subgraphs.
  SUBGRAPH_UNAVAILABLE: open(502, 'A subgraph cannot be reached.'),
  SUBGRAPH_TIMEOUT: open(504, 'A subgraph did not answer in time.'),
  SUBREQUEST_HTTP_ERROR: open(502, 'A subgraph answered with an error status.'),
  SUBGRAPH_MALFORMED_RESPONSE: open(
    502,
    'A subgraph answered with something that is no GraphQL response.',
  ),
  SUBGRAPH_ERROR: masked(502, 'A subgraph reported an error.'),

  // The gateway.
  INTERNAL_SERVER_ERROR: masked(500, 'Something went wrong inside the gateway.'),
  OVERLOADED: open(503, 'The gateway has too much to do. Try again in a moment.'),
  AUDIT_UNAVAILABLE: open(
    503,
    'What this would change cannot be recorded. Nothing was done. Try again.',
  ),
  SHUTTING_DOWN: open(503, 'The gateway is stopping. Try again.'),
  DEADLINE_EXCEEDED: open(504, 'The answer would have come too late.'),
} as const satisfies Record<string, ErrorEntry>;

export type GatewayErrorCode = keyof typeof errorCatalogue;

/** At most this many errors go into a refusal, whatever the request was (docs/errors.md). */
export const maxRefusalErrors = 10;

/** Ends a request. Any step may throw it; only `http/write-json.ts` turns it into bytes. */
export class GatewayError extends Error {
  override readonly name: string = 'GatewayError';
  readonly code: GatewayErrorCode;
  /** One entry per problem where several are known, such as validation errors. Never empty. */
  readonly errors: readonly GraphQLFormattedError[];

  /**
   * @param message what came and what to do; shown to clients unless the code is internal
   * @param details the problems one by one; without it the message is the only one
   */
  constructor(
    code: GatewayErrorCode,
    message: string = errorCatalogue[code].message,
    details: { readonly errors?: readonly GraphQLFormattedError[]; readonly cause?: unknown } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.errors = (details.errors ?? [{ message, extensions: { code } }]).slice(
      0,
      maxRefusalErrors,
    );
  }

  get status(): number {
    return errorCatalogue[this.code].status;
  }
}

/**
 * A subgraph request failed as a whole. The engine turns it into errors of the fields it should have filled.
 * The message may be shown to clients: it names the subgraph at most, never an address, a body or a stack.
 */
export class SubgraphError extends Error {
  override readonly name = 'SubgraphError';
  readonly code: GatewayErrorCode;
  readonly subgraph: string;

  constructor(
    code: GatewayErrorCode,
    subgraph: string,
    options: { readonly message?: string; readonly cause?: unknown } = {},
  ) {
    super(
      options.message ?? errorCatalogue[code].message,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.code = code;
    this.subgraph = subgraph;
  }

  /** What clients see beside the message. */
  get extensions(): Readonly<Record<string, string>> & { readonly code: GatewayErrorCode } {
    return { code: this.code };
  }
}
