import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import {
  IntrospectAndCompose,
  LocalGraphQLDataSource,
  RemoteGraphQLDataSource,
} from '@apollo/gateway';
import { ApolloServer, HeaderMap } from '@apollo/server';
import { ApolloServerPluginCacheControl } from '@apollo/server/plugin/cacheControl';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse } from 'graphql';
import { reviewsSubgraph, startUsersAndReviews, usersSubgraph } from '../testing/test-subgraphs.ts';
import { TrellisGateway } from './apollo-server.ts';
import { quietLog, setUpApollo, silentLogger } from './testing/apollo-suite.ts';

const query = '{ me { name reviews { text } } }';
const data = { me: { name: 'Ada', reviews: [{ text: 'Good' }] } };

describe.each(['trellis', 'apollo'] as const)(
  'Apollo Server over TrellisGateway with engine %s',
  (engine) => {
    const suite = setUpApollo({ engine });
    const { createGateway } = suite;

    async function ask(
      given: ApolloServer,
      operation: { query: string; variables?: Record<string, unknown> },
      contextValue = {},
    ) {
      suite.keep(given);
      const { body, http } = await given.executeOperation(operation, { contextValue });
      if (body.kind !== 'single') throw new Error('expected a single result');
      return { ...body.singleResult, headers: http.headers, status: http.status };
    }

    test('answers', async () => {
      const { data: received, errors } = await ask(new ApolloServer({ gateway: createGateway() }), {
        query,
      });
      expect(errors).toBeUndefined();
      expect(received).toEqual(data);
    });

    test('calls plugins with the operation and the response', async () => {
      const seen: unknown[] = [];
      const withPlugin = new ApolloServer({
        gateway: createGateway(),
        plugins: [
          {
            async requestDidStart() {
              return {
                async didResolveOperation({ operation, operationName }) {
                  seen.push([operation?.operation, operationName]);
                },
                async willSendResponse({ response }) {
                  if (response.body.kind === 'single') seen.push(response.body.singleResult.data);
                  response.http.headers.set('x-plugin', 'yes');
                },
              };
            },
          },
        ],
      });
      const { headers } = await ask(withPlugin, { query: `query Mine ${query}` });
      expect(seen).toEqual([['query', 'Mine'], data]);
      expect(headers.get('x-plugin')).toBe('yes');
    });

    test('hands errors to formatError, with path and code', async () => {
      const formatted: unknown[] = [];
      const { errors } = await ask(
        new ApolloServer({
          gateway: createGateway(),
          formatError(error) {
            formatted.push(error);
            return { message: 'changed' };
          },
        }),
        { query: '{ fail }' },
      );
      expect(errors).toEqual([{ message: 'changed' }]);
      expect(formatted).toEqual([
        expect.objectContaining({ message: 'it failed', path: ['fail'] }),
      ]);
    });

    test('refuses wrong variables', async () => {
      const { errors, data: received } = await ask(new ApolloServer({ gateway: createGateway() }), {
        query: 'query ($id: ID!) { user(id: $id) { name } }',
      });
      expect(received).toBeUndefined();
      expect(errors?.[0]?.extensions?.['code']).toBe('BAD_USER_INPUT');
    });

    test('lets data sources change requests and read responses with the context of the caller', async () => {
      const responses: unknown[] = [];
      class Source extends RemoteGraphQLDataSource<{ user?: string }> {
        override willSendRequest({
          request,
          context,
        }: Parameters<
          NonNullable<RemoteGraphQLDataSource<{ user?: string }>['willSendRequest']>
        >[0]) {
          request.http?.headers.set('x-user', context.user ?? 'nobody');
        }
        override didReceiveResponse({
          response,
          context,
        }: Parameters<
          NonNullable<RemoteGraphQLDataSource<{ user?: string }>['didReceiveResponse']>
        >[0]) {
          responses.push([context.user, response.http?.headers.get('content-type')]);
          return response;
        }
      }
      const gateway = createGateway({ buildService: ({ url }) => new Source({ url: url ?? '' }) });
      suite.subgraphs.users.headers.length = 0;
      const sources = new ApolloServer<{ user?: string }>({ gateway });
      suite.keep(sources);
      const results = await Promise.all(
        ['ada', 'eve', 'bob'].map((user) =>
          sources.executeOperation({ query }, { contextValue: { user } }),
        ),
      );
      expect(results).toHaveLength(3);
      expect(new Set(suite.subgraphs.users.headers.map((headers) => headers['x-user']))).toEqual(
        new Set(['ada', 'eve', 'bob']),
      );
      expect(responses).toContainEqual(['eve', 'application/json']);
    });

    test('takes the cache policy from what subgraphs say through their data sources', async () => {
      const gateway = createGateway({
        buildService: ({ url }) => {
          const source = new RemoteGraphQLDataSource({
            url: url ?? '',
            honorSubgraphCacheControlHeader: true,
          });
          return Object.assign(source, {
            fetcher: async (address: string, init: RequestInit) => {
              const response = await fetch(address, init);
              const headers = new Headers(response.headers);
              headers.set('cache-control', 'max-age=30, public');
              return new Response(await response.text(), { headers });
            },
          });
        },
      });
      const cached = new ApolloServer({ gateway, plugins: [ApolloServerPluginCacheControl()] });
      const { headers } = await ask(cached, { query: '{ me { name } }' });
      expect(headers.get('cache-control')).toBe('max-age=30, public');
    });

    test('asks local data sources', async () => {
      const local = new Map(
        [usersSubgraph, reviewsSubgraph].map(({ name, sdl, resolvers }) => {
          const schema = buildSubgraphSchema({
            typeDefs: parse(sdl),
            resolvers: resolvers as never,
          });
          return [name, new LocalGraphQLDataSource(schema)];
        }),
      );
      const gateway = createGateway({
        buildService: ({ name }) =>
          local.get(name) ??
          new LocalGraphQLDataSource(buildSubgraphSchema(parse('type Query { a: Int }'))),
      });
      expect((await ask(new ApolloServer({ gateway }), { query })).data).toEqual(data);
    });

    test('reports an error of a data source as an error of its field', async () => {
      const gateway = createGateway({
        buildService: ({ name, url }) => {
          if (name === 'users') return new RemoteGraphQLDataSource({ url: url ?? '' });
          return { process: () => Promise.reject(new Error('this source is broken')) };
        },
      });
      const { data: received, errors } = await ask(new ApolloServer({ gateway }), { query });
      expect(received).toEqual({ me: { name: 'Ada', reviews: null } });
      expect(errors?.map(({ extensions }) => extensions?.['code'])).toEqual([
        'SUBGRAPH_UNAVAILABLE',
      ]);
    });

    test('follows a supergraph manager', async () => {
      const seen: string[] = [];
      let update: ((sdl: string) => void) | undefined;
      const gateway = createGateway({
        supergraphSdl: async (hooks) => {
          ({ update } = hooks);
          return {
            supergraphSdl: suite.subgraphs.sdl,
            cleanup: async () => void seen.push('cleaned'),
          };
        },
      });
      const swapped = new Promise<void>((resolve) => {
        gateway.onSchemaLoadOrUpdate(({ apiSchema }) => {
          seen.push(apiSchema.getQueryType()?.description ?? 'none');
          if (seen.length === 2) resolve();
        });
      });
      expect((await ask(new ApolloServer({ gateway }), { query })).data).toEqual(data);
      update?.(suite.subgraphs.sdl.replace('type Query\n', '"described"\ntype Query\n'));
      await swapped;
      await suite.stop();
      expect(seen).toEqual(['none', 'described', 'cleaned']);
    });

    test('is refused a supergraph that is invalid', async () => {
      const gateway = createGateway({ supergraphSdl: 'type Query {' });
      await expect(new ApolloServer({ gateway, logger: silentLogger }).start()).rejects.toThrow(
        'is invalid',
      );
    });

    test('works with IntrospectAndCompose', async () => {
      const { users, reviews } = suite.subgraphs;
      const gateway = createGateway({
        supergraphSdl: new IntrospectAndCompose({
          subgraphs: [users, reviews].map(({ name, url }) => ({ name, url })),
        }),
      });
      expect((await ask(new ApolloServer({ gateway }), { query })).data).toEqual(data);
    });
  },
);

describe('Apollo Server over TrellisGateway with rules and API keys', () => {
  test('shows everybody what the rules allow them, and refuses keys that nobody has', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'apollo-server-'));
    const keys = join(folder, 'keys.json');
    const key = 'trl_Abcd1234_0123456789012345678901234567890';
    const sha256 = createHash('sha256').update(key).digest('hex');
    writeFileSync(keys, JSON.stringify([{ name: 'reports', prefix: 'trl_Abcd1234', sha256 }]));
    const permissions = fileURLToPath(new URL('../testing/name-permissions.ts', import.meta.url));
    const subgraphs = await startUsersAndReviews();
    const server = new ApolloServer({
      gateway: new TrellisGateway({
        supergraphSdl: subgraphs.sdl,
        settings: { authentication: { apiKeys: { file: keys } }, authorization: { permissions } },
        logger: quietLog,
      }),
    });
    const ask = async (sent?: string) => {
      const headers = new HeaderMap(sent === undefined ? [] : [['x-api-key', sent]]);
      const http = { headers, method: 'POST', search: '', body: {} };
      const { body } = await server.executeOperation({ query, http });
      if (body.kind !== 'single') throw new Error('expected a single result');
      return body.singleResult;
    };
    try {
      const nameless = await ask();
      expect(nameless.data).toEqual({ me: null });
      expect(nameless.errors?.map(({ path }) => path)).toEqual([['me', 'name']]);
      expect((await ask(key)).data).toEqual(data);
      expect((await ask('trl_Abcd1234_wrong')).errors?.[0]?.extensions?.['code']).toBe(
        'UNAUTHENTICATED',
      );
    } finally {
      await server.stop();
      await subgraphs.stop();
      rmSync(folder, { recursive: true });
    }
  });
});
