import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { ApolloServerPluginLandingPageLocalDefault } from '@apollo/server/plugin/landingPage/default';
import { errorCodes } from '@trellis/platform/error-codes';
import type { Logger } from '@trellis/platform/log';
import type { GraphQLSchema } from 'graphql';
import { maskErrors } from './mask-errors.ts';
import type { RequestScope } from './request-scope.ts';
import type { RequestSpans } from './tracing/request-spans.ts';

export interface ApolloServerOptions {
  readonly log: Logger;
  /** Opens introspection and the Sandbox page. */
  readonly allowsDirect: boolean;
  readonly showsInternalErrors: boolean;
  readonly isDataLost: (error: unknown) => boolean;
  /** Absent unless spans are exported. */
  readonly spans: RequestSpans | undefined;
}

/** The executor of one subgraph: no batches, no reports to anyone, errors masked unless asked otherwise. */
export function createApolloServer<Context extends RequestScope>(
  schema: GraphQLSchema,
  options: ApolloServerOptions,
): ApolloServer<Context> {
  return new ApolloServer<Context>({
    schema,
    introspection: options.allowsDirect,
    hideSchemaDetailsFromClientErrors: !options.allowsDirect,
    allowBatchedHttpRequests: false,
    csrfPrevention: true,
    persistedQueries: false,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    logger: options.log,
    plugins: [
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      options.allowsDirect
        ? ApolloServerPluginLandingPageLocalDefault({ footer: false })
        : ApolloServerPluginLandingPageDisabled(),
      maskErrors<Context>(options),
      ...(options.spans ? [markFailures<Context>(options.spans)] : []),
    ],
  });
}

/** Marks the span of a request whose answer has errors. */
function markFailures<Context extends RequestScope>(
  spans: RequestSpans,
): ApolloServerPlugin<Context> {
  return {
    requestDidStart: () =>
      Promise.resolve({
        didEncounterErrors: ({ errors }) => {
          const code = errors[0]?.extensions['code'];
          spans.fail(typeof code === 'string' ? code : errorCodes.internal);
          return Promise.resolve();
        },
      }),
  };
}
