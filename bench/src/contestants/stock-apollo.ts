import { readFileSync } from 'node:fs';
import { ApolloGateway, RemoteGraphQLDataSource } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { readEnvironment } from './read-environment.ts';

// Stock @apollo/gateway behind @apollo/server, set up as its documentation shows.
const { port, supergraphFile, propagatedHeader } = readEnvironment();

// A benchmark has nothing to report to anybody.
process.env['APOLLO_TELEMETRY_DISABLED'] = 'true';

interface Context {
  readonly propagated?: string | undefined;
}

const gateway = new ApolloGateway({
  supergraphSdl: readFileSync(supergraphFile, 'utf8'),
  ...(propagatedHeader !== undefined && {
    buildService: ({ url }) =>
      new RemoteGraphQLDataSource<Context>({
        url: url ?? '',
        willSendRequest({ request, context }) {
          if (context.propagated) request.http?.headers.set(propagatedHeader, context.propagated);
        },
      }),
  }),
});
const server = new ApolloServer<Context>({ gateway });
await startStandaloneServer(server, {
  listen: { port, host: '127.0.0.1' },
  context: async ({ req }) => {
    const value = propagatedHeader === undefined ? undefined : req.headers[propagatedHeader];
    return { propagated: Array.isArray(value) ? value.join(', ') : value };
  },
});
