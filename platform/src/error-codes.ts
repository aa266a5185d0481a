/** Codes in `extensions.code` that gateway and subgraphs both write. What each means stands in docs/errors.md. */
export const errorCodes = {
  badUserInput: 'BAD_USER_INPUT',
  /** The answer would have come too late to be worth anything. */
  deadlineExceeded: 'DEADLINE_EXCEEDED',
  forbidden: 'FORBIDDEN',
  internal: 'INTERNAL_SERVER_ERROR',
  notFound: 'NOT_FOUND',
  /** The store behind a service is away. */
  temporarilyUnavailable: 'TEMPORARILY_UNAVAILABLE',
  unauthenticated: 'UNAUTHENTICATED',
  /** The caller is not the gateway: the signed hop is missing or wrong. */
  wireRefused: 'WIRE_REFUSED',
} as const;

export type ErrorCode = (typeof errorCodes)[keyof typeof errorCodes];
