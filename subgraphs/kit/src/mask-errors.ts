import type { ApolloServerPlugin } from '@apollo/server';
import { errorCodes } from '@trellis/platform/error-codes';
import type { GraphQLError, GraphQLFormattedError } from 'graphql';
import type { RequestScope } from './request-scope.ts';

export interface MaskOptions {
  readonly showsInternalErrors: boolean;
  /** Whether an error says that the store is away. Whoever answers has logged it. */
  readonly isDataLost: (error: unknown) => boolean;
}

/**
 * Logs errors that nobody foresaw, with their cause, and shows only that they happened: messages of the database or of
 * a library tell more than a client should know. Errors with a code of their own were meant for the client and stay.
 */
export function maskErrors<Context extends RequestScope>({
  showsInternalErrors,
  isDataLost,
}: MaskOptions): ApolloServerPlugin<Context> {
  return {
    requestDidStart: () =>
      Promise.resolve({
        willSendResponse: ({ response, errors, contextValue }) => {
          if (response.body.kind !== 'single' || !errors) return Promise.resolve();
          const result = response.body.singleResult;
          const shown = result.errors?.map((formatted, index) => {
            if (!isInternal(formatted)) return formatted;
            if (isUnstorableText(errors[index])) return refuseText(formatted);
            if (isDataLost(errors[index]?.originalError)) return sayAway(formatted);
            logError(contextValue, errors[index], formatted);
            return showsInternalErrors ? formatted : mask(formatted, contextValue);
          });
          if (shown) response.body.singleResult = { ...result, errors: shown };
          return Promise.resolve();
        },
      }),
  };
}

function isInternal(error: GraphQLFormattedError): boolean {
  const code = error.extensions?.['code'];
  return code === undefined || code === errorCodes.internal;
}

/** SQLSTATE 22021, character_not_in_repertoire: PostgreSQL keeps no U+0000, so the text is a client's. */
function isUnstorableText(error: GraphQLError | undefined): boolean {
  return (error?.originalError as { code?: unknown } | undefined)?.code === '22021';
}

function refuseText(error: GraphQLFormattedError): GraphQLFormattedError {
  return {
    ...error,
    message: 'A text holds the character U+0000, which cannot be stored or searched for.',
    extensions: { code: errorCodes.badUserInput },
  };
}

function sayAway(error: GraphQLFormattedError): GraphQLFormattedError {
  return {
    ...error,
    message: 'The data behind this field cannot be reached at the moment.',
    extensions: { code: errorCodes.temporarilyUnavailable },
  };
}

function logError(
  context: RequestScope,
  error: GraphQLError | undefined,
  formatted: GraphQLFormattedError,
): void {
  // A loader that stopped because its answer is no longer wanted is no fault.
  if (context.signal.aborted) return;
  context.log.error(
    { err: error?.originalError ?? error, path: formatted.path },
    'a resolver failed',
  );
}

function mask(error: GraphQLFormattedError, context: RequestScope): GraphQLFormattedError {
  return {
    message: 'Something went wrong inside. The log has the cause under this request id.',
    ...(error.path ? { path: error.path } : {}),
    ...(error.locations ? { locations: error.locations } : {}),
    extensions: { code: errorCodes.internal, requestId: context.id },
  };
}
