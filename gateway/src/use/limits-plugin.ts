import type { ApolloServerPlugin } from '@apollo/server';
import { createDeadline } from '@trellis/platform/deadline';
import { type GraphQLError, parse } from 'graphql';
import { errorCatalogue } from '../errors.ts';
import { toGatewayError } from '../http/write-json.ts';
import type { IncomingOperation } from '../request.ts';
import { toGraphQLError } from './gateway-interface.ts';

/** Stands in for a document that must not be parsed. Apollo Server runs none of it: it is refused before. */
const nothing = parse('{ __typename }');

/**
 * Refuses operations before Apollo Server parses and validates them, which is where abusive ones take their time.
 * @param prepare finds and limits an operation; what it prepares is cached for the walk. Throws what clients are told
 */
export function createLimitsPlugin(
  prepare: (incoming: IncomingOperation) => void,
): ApolloServerPlugin {
  return {
    async requestDidStart() {
      let refusal: GraphQLError | undefined;
      return {
        async didResolveSource(context) {
          try {
            prepare(readIncoming(context));
          } catch (error) {
            refusal = toRefusal(error);
            if (!refusal) return;
            // Whoever throws here ends in "Internal server error": Apollo Server takes errors from the next hook on. What
            // it would parse next, or finds in its store, must not take the place of nothing.
            Object.defineProperty(context, 'document', {
              get: () => nothing,
              set() {
                // It stays nothing.
              },
            });
          }
        },
        async didResolveOperation() {
          if (refusal) throw refusal;
        },
      };
    },
  };
}

type Resolved = Parameters<
  NonNullable<
    Exclude<
      Awaited<ReturnType<NonNullable<ApolloServerPlugin['requestDidStart']>>>,
      void
    >['didResolveSource']
  >
>[0];

function readIncoming({ request, source }: Resolved): IncomingOperation {
  return {
    query: source,
    isResolved: true,
    operationName: request.operationName,
    variables: request.variables,
    extensions: undefined,
    method: 'POST',
    headers: {},
    signal: new AbortController().signal,
    deadline: createDeadline(0),
  };
}

/** What Apollo Server finds itself, in its own words. */
const foundByApollo: ReadonlySet<string> = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
]);

function toRefusal(caught: unknown): GraphQLError | undefined {
  const { code, errors } = toGatewayError(caught);
  if (foundByApollo.has(code)) return undefined;
  const { message, status, visibility } = errorCatalogue[code];
  const [first = { message, extensions: { code } }] = visibility === 'public' ? errors : [];
  return toGraphQLError(first, status);
}
